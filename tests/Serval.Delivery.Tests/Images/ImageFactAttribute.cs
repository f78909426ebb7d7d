using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>
/// A test that needs the image of this machine, and perhaps more programs; skipped, with the reason, where it
/// can't be made.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ImageFactAttribute : FactAttribute
{
    public ImageFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = MadeImage.FindLack(ImageFixture.Here) ?? Missing.Of(programs);
    }

    public string[] Programs { get; }
}
