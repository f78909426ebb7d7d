using System.Buffers.Binary;
using System.Net;
using System.Text;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Api;

/// <summary>Reads one message; a message that ends early is an error of framing.</summary>
internal ref struct ApiReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public byte U8() => Take(1)[0];

    public bool Bool() => U8() != 0;

    public ushort U16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public int I32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
            throw new VppException(VppFault.Away, "a message of VPP's binary API ends early");
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public string Text(int size)
    {
        ReadOnlySpan<byte> field = Take(size);
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    public string Text() => Encoding.UTF8.GetString(Take((int)Math.Min(U32(), int.MaxValue)));

    public IPAddress Address()
    {
        bool isV6 = U8() == 1;
        return AddressUnion(isV6);
    }

    public IPAddress AddressUnion(bool isV6)
    {
        ReadOnlySpan<byte> field = Take(16);
        return new IPAddress(isV6 ? field : field[..4]);
    }

    public IpPrefix Prefix()
    {
        var prefix = new IpPrefix(Address(), U8());
        return prefix.Length <= (prefix.IsV6 ? 128 : 32) ? prefix
            : throw new VppException(VppFault.Away, $"VPP showed a prefix of length {prefix.Length}");
    }
}
