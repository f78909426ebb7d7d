namespace Serval.Simulation.Tests.Kernel;

/// <summary>Makes one mistake on purpose, the n-th time that there is an occasion.</summary>
internal sealed class Planter(PlantedFault fault, int occasion)
{
    private int _occasions;

    /// <summary>True once it was made.</summary>
    public bool HasStruck { get; private set; }

    public bool Strikes(PlantedFault occasionOf)
    {
        if (occasionOf != fault || _occasions++ != occasion) return false;
        HasStruck = true;
        return true;
    }
}
