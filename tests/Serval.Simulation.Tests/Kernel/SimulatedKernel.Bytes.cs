using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;
using Tmds.Linux;

namespace Serval.Simulation.Tests.Kernel;

// Bytes: receiving into provided buffers, sending from lent memory.
internal sealed unsafe partial class SimulatedKernel
{
    private byte[] _lastReceived = [];
    private SimulatedSocket? _lastSocket;

    public void Receive(int slot, bool isMultishot, int bytesMax, Token token) => _submissions.Add(() =>
    {
        _network.Note(TraceKind.SubmitReceive, slot, 0);
        SimulatedSocket? socket = _sockets[slot];
        Operation operation = new(token, slot) { IsMultishot = isMultishot, BytesMax = bytesMax };
        if (socket?.Tcp is null)
        {
            _network.Violate($"slot {slot}: receives without a connection");
            PostFree(token, -Errno.Badf);
            return;
        }

        Require(socket.Receive is null, slot, "two receives at a time");
        Begin(operation);
        socket.Receive = operation;
        ProgressReceive(socket);
    });

    public void Send(int slot, iovec[] runs, Token token)
    {
        byte[] lent = Copy(runs);
        _submissions.Add(() =>
        {
            _network.Note(TraceKind.SubmitSend, slot, lent.Length);
            SimulatedSocket? socket = _sockets[slot];
            Operation operation = new(token, slot) { Runs = runs, Lent = lent };
            if (socket?.Tcp is null)
            {
                _network.Violate($"slot {slot}: sends without a connection");
                PostFree(token, -Errno.Badf);
                return;
            }

            Require(socket.Send is null, slot, "two sends at a time");
            Begin(operation);
            socket.Send = operation;
            // The memory is read late, so that whoever gives it away too early is found out.
            _network.After(_network.Random.Between(0, _network.Faults.LatencyMaxUs / 4), () =>
            {
                operation.IsBegun = true;
                ProgressSend(socket);
            });
            if (_planter.Strikes(PlantedFault.OverwritesLentMemory)) ((byte*)runs[0].iov_base)[0] ^= 0xFF;
        });
    }

    private void ProgressReceive(SimulatedSocket socket)
    {
        TcpConnection tcp = socket.Tcp!;
        while (socket.Receive is { } operation)
        {
            int readable = tcp.ToRouter.Readable;
            if (readable > 0)
            {
                if (_provided.Count == 0)
                {
                    EndReceive(socket, operation, -Errno.Nobufs);
                    return;
                }

                Fill(socket, operation, readable);
            }
            else if (tcp.IsRouterDead)
            {
                EndReceive(socket, operation, -tcp.TakeRouterError());
            }
            else if (tcp.ToRouter.IsEndVisible)
            {
                EndReceive(socket, operation, 0);
            }
            else
            {
                return;
            }
        }
    }

    private void Fill(SimulatedSocket socket, Operation operation, int readable)
    {
        int room = operation.IsMultishot ? BufferPool.ReceiveBytes : operation.BytesMax;
        int most = Math.Min(readable, Math.Min(room, _network.Faults.FragmentMax));
        int count = _network.Random.Between(1, most);
        if (_network.Random.Chance(500)) count = most;
        int buffer = _provided.Dequeue();
        Span<byte> bytes = _buffers.Span(buffer, BufferPool.HeadroomBytes, count);
        socket.Tcp!.RouterRead(bytes);
        int mixed = Math.Min(count, _lastReceived.Length);
        bool isOther = socket != _lastSocket && mixed > 40
            && !bytes[..mixed].SequenceEqual(_lastReceived.AsSpan(0, mixed));
        if (isOther && _planter.Strikes(PlantedFault.MixesConnections))
            _lastReceived.AsSpan(0, mixed).CopyTo(bytes);
        _lastSocket = socket;
        _lastReceived = bytes.ToArray();
        // Nor does a receive go on whose completion finds no place.
        bool hasMore = operation.IsMultishot && !IsOverflown
            && !_network.Random.Chance(_network.Faults.MultishotEndsPermille);
        if (!hasMore)
        {
            socket.Receive = null;
            _inFlight.Remove(operation.Token.Value);
        }

        Post(ref socket.ReceiveLane, new Completion(operation.Token, count, buffer, hasMore));
    }

    private void EndReceive(SimulatedSocket socket, Operation operation, int result)
    {
        socket.Receive = null;
        Complete(operation, ref socket.ReceiveLane, result);
    }

    private void ProgressSend(SimulatedSocket socket)
    {
        TcpConnection tcp = socket.Tcp!;
        if (socket.Send is not { IsBegun: true } operation) return;
        while (operation.Sent < operation.Lent.Length)
        {
            if (tcp.IsRouterDead || tcp.ToPeer.IsEnded)
            {
                // What has left already counts; the error itself is then used up.
                int error = tcp.TakeRouterError();
                if (error == 0) error = Errno.Pipe;
                EndSend(socket, operation, operation.Sent > 0 ? operation.Sent : -error);
                return;
            }

            int room = Math.Min(tcp.ToPeer.Room, operation.Lent.Length - operation.Sent);
            if (room == 0 && operation.Sent > 0) break;
            // Whoever has found no room is told only once a third is free: sk_stream_is_writeable.
            if (room == 0) operation.IsBlocked = true;
            if (operation.IsBlocked && tcp.ToPeer.Room < tcp.ToPeer.Capacity / 3) return;
            operation.IsBlocked = false;
            SendSome(tcp, operation, _network.Random.Between(1, Math.Min(room, _network.Faults.FragmentMax)));
        }

        EndSend(socket, operation, operation.Sent);
    }

    private void SendSome(TcpConnection tcp, Operation operation, int count)
    {
        ReadOnlySpan<byte> bytes = Copy(operation.Runs, operation.Sent, count);
        if (!bytes.SequenceEqual(operation.Lent.AsSpan(operation.Sent, count)))
            _network.Violate($"slot {operation.Slot}: memory changed while it was lent for a send");
        operation.Sent += count;
        bool isLast = operation.Sent == operation.Lent.Length;
        if (isLast && _planter.Strikes(PlantedFault.FlipsByte))
        {
            byte[] changed = bytes.ToArray();
            changed[^1] ^= 1;
            bytes = changed;
        }

        if (isLast && _planter.Strikes(PlantedFault.SendsShort)) bytes = bytes[..^1];
        if (!bytes.IsEmpty) tcp.RouterWrite(bytes);
    }

    private void EndSend(SimulatedSocket socket, Operation operation, int result)
    {
        socket.Send = null;
        if (_planter.Strikes(PlantedFault.LosesCompletion)) _inFlight.Remove(operation.Token.Value);
        else Complete(operation, ref socket.SendLane, result);
    }

    private static byte[] Copy(iovec[] runs)
    {
        int length = 0;
        foreach (iovec run in runs) length += (int)run.iov_len;
        return Copy(runs, 0, length);
    }

    private static byte[] Copy(iovec[] runs, int start, int count)
    {
        byte[] bytes = new byte[count];
        int at = 0;
        foreach (iovec run in runs)
        {
            int length = (int)run.iov_len;
            int skipped = Math.Min(start, length);
            int taken = Math.Min(length - skipped, count - at);
            start -= skipped;
            // Safe: the worker lends this memory until the completion.
            new ReadOnlySpan<byte>((byte*)run.iov_base + skipped, taken).CopyTo(bytes.AsSpan(at));
            at += taken;
        }

        return bytes;
    }
}
