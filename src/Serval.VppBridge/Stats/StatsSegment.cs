using System.IO.MemoryMappedFiles;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Stats;

/// <summary>VPP's shared statistics memory, mapped for reading. VPP writes while we read: nothing read is
/// believed before the epoch is found unchanged, and every pointer is checked against the size of the map.
/// Owner: one sampler.</summary>
internal sealed unsafe class StatsSegment : IDisposable
{
    private const ulong Version = 2;
    private const int EntryBytes = 144;
    private const int EntryNameOffset = 16;
    private const int NameBytesMax = 128;
    private const int AttemptsMax = 20;
    private const int TypeSimple = 2;
    private const int TypeCombined = 3;
    private const int TypeNames = 4;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _base;
    private readonly long _bytes;

    private StatsSegment(SafeFileHandle handle)
    {
        _bytes = RandomAccess.GetLength(handle);
        _file = MemoryMappedFile.CreateFromFile(
            handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, _bytes, MemoryMappedFileAccess.Read);

        // The view outlives the pointer: both end in Dispose.
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _base = pointer + _view.PointerOffset;
    }

    public static StatsSegment Open(string path)
    {
        var segment = new StatsSegment(StatsSocket.Receive(path));
        if (segment._bytes >= 40 && segment.Word(0) == Version)
            return segment;
        segment.Dispose();
        throw new VppException(
            VppFault.Away, "the stats segment has a version that the bridge does not read");
    }

    /// <summary>Reads all that is wanted at one epoch.</summary>
    public StatsSample Read(DateTimeOffset at)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            ulong epoch = Volatile.Read(ref *(ulong*)(_base + 16));
            bool isWriting = Volatile.Read(ref *(ulong*)(_base + 24)) != 0;
            StatsSample? sample = null;
            try
            {
                if (!isWriting)
                    sample = ReadOnce(at);
            }
            catch (VppException) when (attempt < AttemptsMax - 1)
            {
                // A pointer that leads nowhere may be one that VPP was just moving.
            }

            // What was copied is kept only if VPP did not rearrange the segment meanwhile.
            Interlocked.MemoryBarrier();
            if (sample is not null && Volatile.Read(ref *(ulong*)(_base + 24)) == 0
                && Volatile.Read(ref *(ulong*)(_base + 16)) == epoch)
                return sample;
            Thread.Yield();
        }

        throw new VppException(VppFault.Away, "the stats segment did not come to rest");
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private StatsSample ReadOnce(DateTimeOffset at)
    {
        var counters = new Dictionary<string, ulong[]>(StringComparer.Ordinal);
        var combined = new Dictionary<string, RuleCounters[]>(StringComparer.Ordinal);
        var rules = new Dictionary<uint, RuleCounters[]>();
        string[] names = [];
        long directory = Offset(Word(32), 0);
        long count = Length(directory);
        if (count > Limits.StatsEntriesMax)
            throw Broken();
        for (long i = 0; i < count; i++)
        {
            long entry = directory + (i * EntryBytes);
            uint type = Half(entry);
            if (type is not (TypeSimple or TypeCombined or TypeNames) || Word(entry + 8) == 0)
                continue;
            string name = Text(entry + EntryNameOffset);
            long data = Offset(Word(entry + 8), 0);
            if (type == TypeNames && name == "/if/names")
                names = ReadNames(data);
            else if (type == TypeSimple && name.StartsWith("/if/", StringComparison.Ordinal))
                counters[name] = Sum(data, 1);
            else if (type == TypeCombined && name is "/if/rx" or "/if/tx")
                combined[name] = Pairs(data);
            else if (type == TypeCombined && TryAclIndex(name, out uint acl))
                rules[acl] = Pairs(data);
        }

        if (names.Length == 0)
            throw Broken();
        return new StatsSample(at, "stats segment", Join(names, counters, combined), rules);
    }

    private static Dictionary<string, InterfaceCounters> Join(
        string[] names, Dictionary<string, ulong[]> simple, Dictionary<string, RuleCounters[]> combined)
    {
        var joined = new Dictionary<string, InterfaceCounters>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            // The place of an interface that is gone.
            if (names[i] is "deleted" or "")
                continue;
            RuleCounters rx = At(combined, "/if/rx", i), tx = At(combined, "/if/tx", i);
            joined.TryAdd(names[i], new InterfaceCounters(
                names[i], (uint)i, rx.Packets, rx.Bytes, tx.Packets, tx.Bytes,
                At(simple, "/if/drops", i), At(simple, "/if/rx-error", i), At(simple, "/if/tx-error", i),
                At(simple, "/if/rx-miss", i), At(simple, "/if/punt", i),
                At(simple, "/if/ip4", i), At(simple, "/if/ip6", i)));
        }

        return joined;
    }

    private static T At<T>(Dictionary<string, T[]> map, string name, int index)
        where T : struct => map.TryGetValue(name, out T[]? values) && index < values.Length ? values[index]
            : default;

    private static bool TryAclIndex(string name, out uint index)
    {
        index = 0;
        return name.StartsWith("/acl/", StringComparison.Ordinal)
            && name.EndsWith("/matches", StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(5, name.Length - 13), out index);
    }

    private RuleCounters[] Pairs(long data)
    {
        ulong[] words = Sum(data, 2);
        var pairs = new RuleCounters[words.Length / 2];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = new RuleCounters(words[2 * i], words[(2 * i) + 1]);
        return pairs;
    }

    /// <summary>Adds up what the threads counted; each element is <paramref name="width"/> words.</summary>
    private ulong[] Sum(long data, int width)
    {
        ulong[] sum = [];
        long threads = Length(data);
        for (long thread = 0; thread < threads; thread++)
        {
            ulong pointer = Word(data + (thread * 8));
            if (pointer == 0)
                continue;
            long vector = Offset(pointer, 0);
            long words = Length(vector) * width;
            Offset(pointer, words * 8);
            if (words > sum.Length)
                Array.Resize(ref sum, (int)words);
            for (long i = 0; i < words; i++)
                sum[i] += Word(vector + (i * 8));
        }

        return sum;
    }

    private string[] ReadNames(long data)
    {
        long count = Length(data);
        if (count > Limits.StatsEntriesMax)
            throw Broken();
        var names = new string[count];
        for (long i = 0; i < count; i++)
        {
            ulong pointer = Word(data + (i * 8));
            names[i] = pointer == 0 ? string.Empty : Text(Offset(pointer, 0));
        }

        return names;
    }

    private string Text(long offset)
    {
        int room = (int)Math.Min(NameBytesMax, _bytes - offset);
        if (offset < 0 || room <= 0)
            throw Broken();
        var span = new ReadOnlySpan<byte>(_base + offset, room);
        int end = span.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? span : span[..end]);
    }

    // A vector's length stands eight bytes before it.
    private long Length(long vector) => Half(vector - 8);

    /// <summary>Where a pointer of VPP leads in our map, with room for so many bytes behind it.</summary>
    private long Offset(ulong pointer, long bytes)
    {
        long offset = unchecked((long)(pointer - Word(8)));
        return offset >= 40 && bytes >= 0 && offset <= _bytes - bytes ? offset : throw Broken();
    }

    private ulong Word(long offset) =>
        offset >= 0 && offset <= _bytes - 8 ? *(ulong*)(_base + offset) : throw Broken();

    private uint Half(long offset) =>
        offset >= 0 && offset <= _bytes - 4 ? *(uint*)(_base + offset) : throw Broken();

    private static VppException Broken() => new(VppFault.Away, "the stats segment leads out of itself");
}
