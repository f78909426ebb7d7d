namespace Serval.VppBridge.Model;

/// <summary>The ACLs of an interface by index, in order.</summary>
internal sealed record VppAclLists(IReadOnlyList<uint> Inputs, IReadOnlyList<uint> Outputs)
{
    public static readonly VppAclLists Empty = new([], []);

    public bool IsSame(VppAclLists other) =>
        Inputs.SequenceEqual(other.Inputs) && Outputs.SequenceEqual(other.Outputs);
}
