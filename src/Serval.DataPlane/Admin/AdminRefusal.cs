namespace Serval.DataPlane.Admin;

/// <summary>Why a request is turned away before it is looked at.</summary>
internal sealed record AdminRefusal(int Status, string Message);
