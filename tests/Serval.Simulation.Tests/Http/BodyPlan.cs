using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Http;

/// <summary>A body: its framing and its size, and what decorates its chunks.</summary>
internal sealed record BodyPlan(BodyShape Shape, int Length, int ChunkMax, bool HasExtensions,
    bool HasTrailers)
{
    public static readonly BodyPlan None = new(BodyShape.None, 0, 1, false, false);

    public static BodyPlan Draw(SeededRandom random, int bytesMax, params ReadOnlySpan<BodyShape> shapes)
    {
        BodyShape shape = random.Pick(shapes);
        if (shape == BodyShape.None) return None;
        int length = random.Between(0, random.Pick(0, 20, 3_000, bytesMax));
        int chunkMax = random.Pick(1, 16, 1_000, 5_000, 70_000);
        // A chunk of its own for each byte is for short bodies.
        if (length > 2_000 && chunkMax < 1_000) chunkMax = 300;
        return new BodyPlan(shape, length, chunkMax, random.Chance(300),
            shape == BodyShape.Chunked && random.Chance(300));
    }
}
