using Microsoft.Extensions.Logging;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>What reflectors log. Ids are stable: 2000 to 2019.</summary>
internal static partial class WatchLog
{
    [LoggerMessage(2000, LogLevel.Warning,
        "Watching {Scope} failed; what was read before stays in use, next try in {Seconds:0.0} s: {Reason}")]
    public static partial void Failed(ILogger log, string scope, string reason, double seconds);

    [LoggerMessage(2001, LogLevel.Information,
        "The API server cannot begin a watch of {Scope} with all objects; they are listed: {Reason}")]
    public static partial void ListsOnly(ILogger log, string scope, string reason);

    [LoggerMessage(2002, LogLevel.Warning,
        "The API server does not know {Scope}: its CustomResourceDefinition is not installed")]
    public static partial void UnknownKind(ILogger log, string scope);

    [LoggerMessage(2003, LogLevel.Warning,
        "The API server took {Seconds:0} s to send every object of {Scope}; is it overloaded?")]
    public static partial void InitialEventsLate(ILogger log, string scope, double seconds);
}
