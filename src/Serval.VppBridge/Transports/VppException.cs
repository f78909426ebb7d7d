namespace Serval.VppBridge.Transports;

/// <summary>A command that VPP did not carry out.</summary>
internal sealed class VppException(VppFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public VppFault Fault { get; } = fault;
}
