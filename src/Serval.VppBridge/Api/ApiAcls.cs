using Serval.VppBridge.Model;

namespace Serval.VppBridge.Api;

/// <summary>ACLs as the binary API packs them.</summary>
internal static class ApiAcls
{
    private const int TagBytes = 64;

    public static void Write(ApiWriter writer, uint index, Acl acl)
    {
        writer.U32(index).Text(acl.Tag, TagBytes).U32((uint)acl.Rules.Count);
        foreach (AclRule rule in acl.Rules)
        {
            writer.U8((byte)rule.Action).Prefix(rule.Source).Prefix(rule.Destination).U8(rule.Protocol)
                .U16(rule.SourcePorts.First).U16(rule.SourcePorts.Last)
                .U16(rule.DestinationPorts.First).U16(rule.DestinationPorts.Last)
                .U8(rule.TcpFlagsMask).U8(rule.TcpFlagsValue);
        }
    }

    public static VppAcl ReadDetails(byte[] body)
    {
        var reader = new ApiReader(body);
        uint index = reader.U32();
        string tag = reader.Text(TagBytes);
        uint count = reader.U32();
        var rules = new List<AclRule>();
        for (uint i = 0; i < count; i++)
        {
            rules.Add(new AclRule(
                (AclAction)reader.U8(), reader.Prefix(), reader.Prefix(), reader.U8(),
                new PortRange(reader.U16(), reader.U16()), new PortRange(reader.U16(), reader.U16()),
                reader.U8(), reader.U8()));
        }

        return new VppAcl(index, tag, rules);
    }

    public static (uint Interface, VppAclLists Lists) ReadLists(byte[] body)
    {
        var reader = new ApiReader(body);
        uint index = reader.U32();
        int count = reader.U8();
        int inputCount = reader.U8();
        var all = new uint[count];
        for (int i = 0; i < count; i++)
            all[i] = reader.U32();
        inputCount = Math.Min(inputCount, count);
        return (index, new VppAclLists(all[..inputCount], all[inputCount..]));
    }
}
