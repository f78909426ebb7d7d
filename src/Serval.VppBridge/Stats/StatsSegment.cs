using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Stats;

/// <summary>VPP's shared statistics memory. VPP writes while we read: nothing read is believed before the
/// epoch is found unchanged, and every pointer and length is checked against the size of the segment. It is
/// read by call and not mapped, because a mapping of memory that another process cuts short ends this one.
/// Bound: entries, threads and words of one sample. Owner: one sampler.</summary>
internal sealed class StatsSegment : IDisposable
{
    private const ulong Version = 2;
    private const int HeaderBytes = 40;
    private const int EntryBytes = 144;
    private const int EntryNameOffset = 16;
    private const int NameBytesMax = 128;
    private const int EntriesAtOnce = 512;
    private const int WordsAtOnce = 8192;
    private const int AttemptsMax = 20;
    private const uint TypeSimple = 2;
    private const uint TypeCombined = 3;
    private const uint TypeNames = 4;

    private static readonly HashSet<string> Simple = new(StringComparer.Ordinal)
    {
        "/if/drops", "/if/rx-error", "/if/tx-error", "/if/rx-miss", "/if/punt", "/if/ip4", "/if/ip6",
    };

    private readonly SafeFileHandle _handle;
    private readonly ulong[] _words = new ulong[WordsAtOnce];
    private long _bytes;
    private ulong _base;
    private long _wordsLeft;

    private StatsSegment(SafeFileHandle handle) => _handle = handle;

    public static StatsSegment Open(string path)
    {
        var segment = new StatsSegment(StatsSocket.Receive(path));
        try
        {
            segment._bytes = RandomAccess.GetLength(segment._handle);
            if (segment.ReadHeader().Version == Version)
                return segment;
            throw new VppException(
                VppFault.Away, "the stats segment has a version that the bridge does not read");
        }
        catch (Exception e)
        {
            segment.Dispose();
            throw e as VppException
                ?? new VppException(VppFault.Away, $"the stats segment cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads all that is wanted at one epoch.</summary>
    public StatsSample Read(DateTimeOffset at)
    {
        _wordsLeft = Limits.StatsWordsMax;
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            StatsSample? sample = null;
            Header before;
            try
            {
                _bytes = RandomAccess.GetLength(_handle);
                before = ReadHeader();
                if (!before.IsWriting)
                    sample = ReadOnce(before, at);

                // What was copied is kept only if VPP did not rearrange the segment meanwhile.
                if (sample is not null && ReadHeader() == before)
                    return sample;
            }
            catch (VppException) when (attempt < AttemptsMax - 1)
            {
                // A pointer that leads nowhere may be one that VPP was just moving.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException
                or NotSupportedException)
            {
                throw new VppException(VppFault.Away, $"the stats segment cannot be read: {e.Message}", e);
            }

            Thread.Yield();
        }

        throw new VppException(VppFault.Away, "the stats segment did not come to rest");
    }

    public void Dispose() => _handle.Dispose();

    private StatsSample ReadOnce(Header header, DateTimeOffset at)
    {
        _base = header.Base;
        var counters = new Dictionary<string, ulong[]>(StringComparer.Ordinal);
        var combined = new Dictionary<string, RuleCounters[]>(StringComparer.Ordinal);
        var rules = new Dictionary<uint, RuleCounters[]>();
        string[] names = [];
        long directory = Offset(header.Directory, 0);
        long count = Length(directory);
        if (count > Limits.StatsEntriesMax)
            throw Broken();
        var entries = new byte[EntriesAtOnce * EntryBytes];
        for (long i = 0; i < count; i++)
        {
            int place = (int)(i % EntriesAtOnce);
            if (place == 0)
                Fill(directory + (i * EntryBytes), entries.AsSpan(
                    0, (int)Math.Min(EntriesAtOnce, count - i) * EntryBytes));
            ReadOnlySpan<byte> entry = entries.AsSpan(place * EntryBytes, EntryBytes);
            uint type = MemoryMarshal.Read<uint>(entry);
            ulong pointer = MemoryMarshal.Read<ulong>(entry[8..]);
            if (type is not (TypeSimple or TypeCombined or TypeNames) || pointer == 0)
                continue;
            string name = Text(entry[EntryNameOffset..]);
            if (type == TypeNames && name == "/if/names")
                names = ReadNames(Offset(pointer, 0));
            else if (type == TypeSimple && Simple.Contains(name))
                counters[name] = Sum(Offset(pointer, 0), 1);
            else if (type == TypeCombined && name is "/if/rx" or "/if/tx")
                combined[name] = Pairs(Offset(pointer, 0));
            else if (type == TypeCombined && TryAclIndex(name, out uint acl))
                rules[acl] = Pairs(Offset(pointer, 0));
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
        foreach (ulong pointer in Pointers(data, Limits.StatsThreadsMax))
        {
            if (pointer == 0)
                continue;
            long vector = Offset(pointer, 0);
            long words = Length(vector) * width;
            _wordsLeft -= words;
            if (_wordsLeft < 0)
                throw Broken();
            Offset(pointer, words * 8);
            if (words > sum.Length)
                Array.Resize(ref sum, (int)words);
            for (int at = 0; at < words; at += WordsAtOnce)
            {
                Span<ulong> some = _words.AsSpan(0, (int)Math.Min(WordsAtOnce, words - at));
                Fill(vector + (at * 8L), MemoryMarshal.AsBytes(some));
                for (int i = 0; i < some.Length; i++)
                    sum[at + i] += some[i];
            }
        }

        return sum;
    }

    private string[] ReadNames(long data)
    {
        ulong[] pointers = Pointers(data, Limits.StatsEntriesMax);
        var names = new string[pointers.Length];
        Span<byte> text = stackalloc byte[NameBytesMax];
        for (int i = 0; i < pointers.Length; i++)
        {
            names[i] = string.Empty;
            if (pointers[i] == 0)
                continue;
            long offset = Offset(pointers[i], 1);
            Span<byte> room = text[..(int)Math.Min(NameBytesMax, _bytes - offset)];
            Fill(offset, room);
            names[i] = Text(room);
        }

        return names;
    }

    private ulong[] Pointers(long vector, int most)
    {
        long count = Length(vector);
        if (count > most || count * 8 > _bytes)
            throw Broken();
        var pointers = new ulong[count];
        Fill(vector, MemoryMarshal.AsBytes(pointers.AsSpan()));
        return pointers;
    }

    private static string Text(ReadOnlySpan<byte> room)
    {
        int end = room.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? room : room[..end]);
    }

    // A vector's length stands eight bytes before it.
    private long Length(long vector)
    {
        Span<byte> half = stackalloc byte[4];
        Fill(vector - 8, half);
        return MemoryMarshal.Read<uint>(half);
    }

    /// <summary>Where a pointer of VPP leads in the segment, with room for so many bytes behind it.</summary>
    private long Offset(ulong pointer, long bytes)
    {
        long offset = unchecked((long)(pointer - _base));
        return offset >= HeaderBytes && bytes >= 0 && offset <= _bytes - bytes ? offset : throw Broken();
    }

    private Header ReadHeader()
    {
        Span<ulong> words = stackalloc ulong[HeaderBytes / 8];
        Fill(0, MemoryMarshal.AsBytes(words));
        return new Header(words[0], words[1], words[2], words[3] != 0, words[4]);
    }

    private void Fill(long offset, Span<byte> into)
    {
        if (offset < 0 || offset > _bytes - into.Length)
            throw Broken();
        while (into.Length > 0)
        {
            int count = RandomAccess.Read(_handle, into, offset);
            if (count == 0)
                throw Broken();
            offset += count;
            into = into[count..];
        }
    }

    private static VppException Broken() => new(VppFault.Away, "the stats segment leads out of itself");

    /// <summary>The segment as it says of itself; two that are equal enclose a read that VPP did not
    /// disturb.</summary>
    private readonly record struct Header(
        ulong Version, ulong Base, ulong Epoch, bool IsWriting, ulong Directory);
}
