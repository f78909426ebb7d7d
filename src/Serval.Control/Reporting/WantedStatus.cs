namespace Serval.Control.Reporting;

/// <summary>What an object's status should say.</summary>
/// <param name="Status">Null when nothing of ours belongs there.</param>
/// <param name="WaitMs">How long to wait because routers have not answered yet; 0 when it is known.</param>
internal readonly record struct WantedStatus(ObjectStatus? Status, int WaitMs);
