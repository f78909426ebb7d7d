using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Serval.DataPlane.Tests;

/// <summary>Keeps what is logged, to be looked at.</summary>
internal sealed class KeptLog : ILoggerFactory, ILogger
{
    /// <summary>Lines so far, with their levels.</summary>
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
        // Nothing to give back.
    }
}
