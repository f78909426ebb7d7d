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
    /// <param name="objects">Those of the files.</param>
    /// <param name="controllerName">Gateways of other controllers get nothing.</param>
    internal ImmutableArray<Resource> Complete(ImmutableArray<Resource> objects, string controllerName)
    {
        ImmutableArray<Resource> beside = [.. ObjectsBeside(WithoutForeignGateways(controllerName, objects))];
        HashSet<ObjectKey> replaced = [.. beside.Select(item => item.Key)];
        return [.. objects.Where(item => !replaced.Contains(item.Key)), .. beside];
    }

    /// <summary>
    /// What to add to the objects of the files. It takes the place of an object of the same kind and name.
    /// </summary>
    /// <param name="objects">Those of the files, without the Gateways and ListenerSets of other
    /// controllers.</param>
    internal abstract IEnumerable<Resource> ObjectsBeside(ImmutableArray<Resource> objects);

    private static ImmutableArray<Resource> WithoutForeignGateways(
        string controllerName, ImmutableArray<Resource> objects)
    {
        HashSet<string> classes =
        [
            .. objects.OfType<GatewayClassResource>()
                .Where(item => item.Spec.ControllerName == controllerName).Select(item => item.Metadata.Name),
        ];
        HashSet<ObjectKey> gateways =
        [
            .. objects.OfType<GatewayResource>().Where(item => classes.Contains(item.Spec.GatewayClassName))
                .Select(item => item.Key),
        ];
        return
        [
            .. objects.Where(item => item switch
            {
                GatewayResource => gateways.Contains(item.Key),
                ListenerSetResource set => gateways.Contains(set.ParentKey),
                _ => true,
            }),
        ];
    }
}
