namespace Serval.Simulation.Tests.Actors;

/// <summary>What a peer does once it has written everything.</summary>
internal enum Ending
{
    None,
    Half,
    Close,
    Reset,
    Silence,
}
