namespace Serval.Simulation.Tests.Http;

/// <summary>How a body is framed by whoever sends it.</summary>
internal enum BodyShape
{
    None,
    Length,
    Chunked,
    UntilClose,
}
