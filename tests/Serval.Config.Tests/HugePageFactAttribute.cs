namespace Serval.Config.Tests;

/// <summary>A test that needs a kernel with transparent huge pages, whatever its policy.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HugePageFactAttribute : FactAttribute
{
    public HugePageFactAttribute()
    {
        if (!Directory.Exists("/sys/kernel/mm/transparent_hugepage"))
            Skip = "this kernel has no transparent huge pages (CONFIG_TRANSPARENT_HUGEPAGE)";
    }
}
