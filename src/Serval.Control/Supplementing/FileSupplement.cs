using System.Collections.Immutable;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Supplementing;

/// <summary>
/// Objects that stand beside those of files, such as certificates that nobody wrote down. Asked at every
/// reading; the same answer is the same instances, so that nothing changes when nothing does.
/// </summary>
public abstract class FileSupplement
{
    private protected FileSupplement()
    {
    }

    /// <summary>What to add to the objects of the files.</summary>
    internal abstract IEnumerable<Resource> ObjectsBeside(ImmutableArray<Resource> objects);
}
