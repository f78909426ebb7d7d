namespace Serval.Integration.Tests.Clients;

/// <summary>A real server that clients talk to: a process of its own, or Kestrel in this one.</summary>
internal interface IUpstream : IAsyncDisposable
{
    /// <summary>Where it listens on 127.0.0.1.</summary>
    int Port { get; }
}
