namespace Serval.VppBridge.Transports;

/// <summary>Ends with the caller's patience or the time limit, whichever is first.</summary>
internal sealed class CallLimit : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    public CallLimit(CallTimer timer, CancellationToken cancel)
    {
        _timer = new CancellationTokenSource(timer.Timeout, timer.Clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _timer.Token);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
