using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Workers;

public sealed class PrecompilationTests
{
    // Whatever is added to the stages must be something that the runtime can prepare.
    [Fact]
    public void Everything_that_workers_run_can_be_compiled_beforehand()
    {
        int methods = Precompilation.Prepare();
        Assert.True(methods > 500, $"only {methods} methods were found");
        Assert.Equal(methods, Precompilation.Prepare());
    }
}
