using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>VPP's stats socket: hands the descriptor of a segment to everybody who connects.</summary>
internal sealed partial class SimulatedStats : IDisposable
{
    private const ulong Base = 0x7f12_3456_0000;
    private const int SegmentBytes = 512 * 1024;
    private readonly Socket _listener =
        new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private ulong _epoch = 1;
    private byte[] _segment = [];
    private int _at;

    public SimulatedStats(string folder)
    {
        _path = Path.Combine(folder, "segment");
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        SocketPath = Path.Combine(folder, "stats.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen(5);
        _ = ServeAsync();
    }

    public string SocketPath { get; }

    /// <summary>How far the segment is laid out.</summary>
    public long UsedBytes => _at;

    /// <summary>Descriptors handed over at once; VPP hands over one.</summary>
    public int DescriptorsCount { get; set; } = 1;

    /// <summary>Lays the segment out anew, as VPP does when interfaces come and go.</summary>
    public void Write(
        string[] names, (ulong Packets, ulong Bytes)[][] rxByThread, ulong[] drops,
        Dictionary<uint, (ulong Packets, ulong Bytes)[]> rules)
    {
        Begin();
        Write(names, rxByThread, drops, [.. rules.Select(r => (r.Key, Pointers([Pairs(r.Value)])))]);
    }

    /// <summary>One ACL whose counters of every thread are the same memory.</summary>
    public void WriteShared((ulong Packets, ulong Bytes)[] rules, int threads)
    {
        Begin();
        ulong shared = Pairs(rules);
        ulong[] pointers = new ulong[threads];
        Array.Fill(pointers, shared);
        Write(["local0"], [[(0, 0)]], [0], [(0, Pointers(pointers))]);
    }

    private void Begin()
    {
        _segment = new byte[SegmentBytes];
        _at = 64;
    }

    private void Write(
        string[] names, (ulong Packets, ulong Bytes)[][] rxByThread, ulong[] drops,
        List<(uint Acl, ulong Pointer)> rules)
    {
        List<(string Name, uint Type, ulong Pointer)> entries =
        [
            ("/sys/heartbeat", 1, 42),
            ("/if/names", 4, Pointers([.. names.Select(n => Text(n))])),
            ("/if/rx", 3, Pointers([.. rxByThread.Select(t => Pairs(t))])),
            ("/if/drops", 2, Pointers([Words(drops, drops.Length)])),
            ("/new/kind", 8, 1),
        ];
        entries.AddRange(rules.Select(r => ($"/acl/{r.Acl}/matches", 3u, r.Pointer)));
        int directory = Vector(entries.Count, 144);
        for (int i = 0; i < entries.Count; i++)
        {
            Span<byte> entry = _segment.AsSpan(directory + (i * 144), 144);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, entries[i].Type);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], entries[i].Pointer);
            Encoding.ASCII.GetBytes(entries[i].Name, entry[16..]);
        }

        ulong[] header = [2, Base, ++_epoch, 0, Base + (ulong)directory];
        for (int i = 0; i < header.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(_segment.AsSpan(i * 8), header[i]);
        RandomAccess.Write(_file, _segment, 0);
    }

    /// <summary>Overwrites one word of the header.</summary>
    public void WriteHeader(int word, ulong value) => WriteWord(word * 8, value);

    /// <summary>Cuts the segment short under the eyes of its readers.</summary>
    public void Truncate(long bytes) => RandomAccess.SetLength(_file, bytes);

    public ulong ReadWord(long offset)
    {
        var bytes = new byte[8];
        RandomAccess.Read(_file, bytes, offset);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Puts a word anywhere in the segment.</summary>
    public void WriteWord(long offset, ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        RandomAccess.Write(_file, bytes, offset);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using Socket client = await _listener.AcceptAsync();
                Send(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    // Pointers are to locals that outlive the call.
    private unsafe void Send(Socket client)
    {
        byte payload = 0;
        int descriptor = (int)_file.DangerousGetHandle();
        ulong* control = stackalloc ulong[] { (ulong)(16 + (4 * DescriptorsCount)), 1 | (1UL << 32), 0 };
        ((int*)control)[4] = descriptor;
        ((int*)control)[5] = descriptor;
        iovec vector = new() { iov_base = &payload, iov_len = 0 };
        msghdr message = new()
        {
            msg_iov = &vector,
            msg_iovlen = 1,
            msg_control = control,
            msg_controllen = 16 + (4 * DescriptorsCount),
        };
        Assert.True(LibC.sendmsg((int)client.Handle, &message, 0) >= 0);
    }

    private int Vector(int length, int elementBytes)
    {
        _at = (_at + 15) & ~7;
        BinaryPrimitives.WriteUInt32LittleEndian(_segment.AsSpan(_at - 8), (uint)length);
        int start = _at;
        _at += (length * elementBytes) + 8;
        return start;
    }

    private ulong Words(ulong[] words, int length)
    {
        int start = Vector(length, words.Length * 8 / Math.Max(length, 1));
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(_segment.AsSpan(start + (i * 8)), words[i]);
        return Base + (ulong)start;
    }

    private ulong Pairs((ulong Packets, ulong Bytes)[] pairs) =>
        Words([.. pairs.SelectMany(p => (ulong[])[p.Packets, p.Bytes])], pairs.Length);

    private ulong Pointers(ulong[] pointers) =>
        Words(pointers, pointers.Length);

    private ulong Text(string text)
    {
        int start = Vector(text.Length + 1, 1);
        Encoding.ASCII.GetBytes(text, _segment.AsSpan(start));
        return Base + (ulong)start;
    }
}
