using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Workers;

public sealed class MailboxTests
{
    [Fact]
    public void Messages_come_in_the_order_in_which_they_were_sent()
    {
        Mailbox mailbox = new();
        for (int i = 0; i < 3; i++)
            Assert.True(mailbox.TrySend(new WorkerMessage(WorkerMessageKind.AddSocket, i)));
        for (int i = 0; i < 3; i++)
        {
            Assert.True(mailbox.TryTake(out WorkerMessage message));
            Assert.Equal(i, message.Socket);
        }

        Assert.False(mailbox.TryTake(out _));
    }

    [Fact]
    public void A_full_mailbox_says_no_until_one_is_taken()
    {
        Mailbox mailbox = new();
        WorkerMessage message = new(WorkerMessageKind.Stop);
        for (int i = 0; i < Limits.MailboxMessages; i++) Assert.True(mailbox.TrySend(message));
        Assert.False(mailbox.TrySend(message));
        Assert.False(mailbox.TrySend(message));
        Assert.True(mailbox.TryTake(out _));
        Assert.True(mailbox.TrySend(message));
        Assert.False(mailbox.TrySend(message));
    }
}
