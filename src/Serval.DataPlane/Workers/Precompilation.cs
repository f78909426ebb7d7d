using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

/// <summary>
/// Has the runtime compile what workers run before they run it: no request waits for the compiler, and none
/// shares a core with it. Does nothing where code was compiled ahead of time. See decision 20.
/// </summary>
internal static class Precompilation
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private const string Reason = "What was trimmed away is not run, and so not missed here.";

    // The stages of a packet.
    private static readonly string[] Stages =
    [
        "Accepting", "Accounting", "Balancing", "Buffers", "Filtering", "Forwarding", "Matching", "Parsing",
        "Rings", "Swapping", "Workers",
    ];

    private static readonly Type[] Constructed =
    [
        typeof(Worker<LinuxRing>), typeof(Slab<Connection>), typeof(Slab<Exchange>),
        typeof(Slab<EndpointState>), typeof(Slab<AccessRecord>),
    ];

    private static readonly Lazy<int> Methods = new(Run);

    /// <summary>Does it, the first time; returns how many methods there are. Any thread.</summary>
    public static int Prepare() => Methods.Value;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Reason)]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Reason)]
    [UnconditionalSuppressMessage("Trimming", "IL2065", Justification = Reason)]
    private static int Run()
    {
        int count = 0;
        Type[] types = [.. Constructed, .. typeof(Precompilation).Assembly.GetTypes()];
        foreach (Type type in types)
        {
            string space = type.Namespace ?? "";
            if (type.ContainsGenericParameters
                || Array.IndexOf(Stages, space[(space.LastIndexOf('.') + 1)..]) < 0) continue;
            RuntimeTypeHandle[] arguments = Array.ConvertAll(
                type.GetGenericArguments(), argument => argument.TypeHandle);
            foreach (MethodInfo method in type.GetMethods(Declared))
            {
                if (method.IsAbstract || method.IsGenericMethod || IsExternal(method)) continue;
                RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
                count++;
            }
        }

        return count;
    }

    private static bool IsExternal(MethodInfo method) =>
        (method.Attributes & MethodAttributes.PinvokeImpl) != 0
        || (method.MethodImplementationFlags & MethodImplAttributes.InternalCall) != 0;
}
