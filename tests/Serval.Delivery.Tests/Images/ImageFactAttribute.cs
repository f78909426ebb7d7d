namespace Serval.Delivery.Tests.Images;

/// <summary>A test that needs the image; skipped, with the reason, where it can't be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ImageFactAttribute : FactAttribute
{
    public ImageFactAttribute() => Skip = ImageFixture.Missing;
}
