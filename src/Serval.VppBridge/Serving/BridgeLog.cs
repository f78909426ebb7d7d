using Microsoft.Extensions.Logging;

namespace Serval.VppBridge.Serving;

/// <summary>What the bridge logs.</summary>
internal static partial class BridgeLog
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "{What}")]
    public static partial void Told(ILogger logger, string what);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "call of {Method} failed unexpectedly")]
    public static partial void CallFaulted(ILogger logger, string method, Exception exception);
}
