using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Transports;

public sealed class VppIndexesTests
{
    // A change by such a name could meet the wrong one.
    [Fact]
    public void A_name_that_two_interfaces_have_leads_to_neither()
    {
        VppIndexes indexes = new(VppState.Empty with
        {
            Interfaces = [Interface(1, "once"), Interface(2, "twice"), Interface(3, "twice")],
        });
        Assert.Equal(1u, indexes.Interface("once"));
        VppException e = Assert.Throws<VppException>(() => indexes.Interface("twice"));
        Assert.Equal(
            (VppFault.Refused, "VPP has no interface named 'twice', or more than one"), (e.Fault, e.Message));
    }

    private static VppInterface Interface(uint index, string name) => new(index, name, true, true, 1_500, []);
}
