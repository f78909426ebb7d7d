using System.Collections.Immutable;
using Serval.Control.Kubernetes;
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

    /// <summary>The objects of the files with what stands beside them.</summary>
    internal ImmutableArray<Resource> Complete(ImmutableArray<Resource> objects)
    {
        ImmutableArray<Resource> beside = [.. ObjectsBeside(objects)];
        HashSet<ObjectKey> replaced = [.. beside.Select(item => item.Key)];
        return [.. objects.Where(item => !replaced.Contains(item.Key)), .. beside];
    }

    /// <summary>
    /// What to add to the objects of the files. It takes the place of an object of the same kind and name.
    /// </summary>
    internal abstract IEnumerable<Resource> ObjectsBeside(ImmutableArray<Resource> objects);
}
