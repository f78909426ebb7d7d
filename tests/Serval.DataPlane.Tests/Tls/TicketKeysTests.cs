using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tests.Tls;

public sealed class TicketKeysTests
{
    // Once only: with two rotations, tickets of tests that run beside it could not be opened any more.
    [Fact]
    public void The_key_of_tickets_changes_once_in_their_lifetime()
    {
        TicketKeys.EnsureFirst();
        long now = Environment.TickCount64;
        Assert.False(TicketKeys.RotateIfDue(now));
        long later = now + (Limits.TicketSeconds * 1_000L) + 1;
        Assert.True(TicketKeys.RotateIfDue(later));
        Assert.False(TicketKeys.RotateIfDue(later + (Limits.TicketSeconds * 500L)));
    }
}
