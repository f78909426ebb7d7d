namespace Serval.Control.Tests;

/// <summary>
/// Tests that end with <see cref="IAsyncDisposable.DisposeAsync"/>. The runner of this version asks for
/// <see cref="IAsyncLifetime"/> and leaves the other alone.
/// </summary>
internal interface IEndsAsync : IAsyncDisposable, IAsyncLifetime
{
    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => ((IAsyncDisposable)this).DisposeAsync().AsTask();
}
