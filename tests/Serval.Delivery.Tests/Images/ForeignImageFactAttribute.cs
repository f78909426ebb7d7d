using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>
/// A test of the image of another machine; skipped, with the reason, where its program is not published.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ForeignImageFactAttribute : FactAttribute
{
    public ForeignImageFactAttribute() =>
        Skip = MadeImage.FindLack(ForeignImageFixture.There) ?? Missing.Of([ForeignImageFixture.Emulator]);
}
