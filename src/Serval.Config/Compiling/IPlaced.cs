namespace Serval.Config.Compiling;

/// <summary>A record that <see cref="Placing"/> finds a place for.</summary>
internal interface IPlaced
{
    /// <summary>False when the place is free.</summary>
    bool IsTaken { get; }
}
