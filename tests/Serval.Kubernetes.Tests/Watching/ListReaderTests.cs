using System.Text;
using System.Text.Json;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Kubernetes.Tests.Watching;

public sealed class ListReaderTests
{
    private const string List = """
        {"kind":"ServiceList","items":[
          {"metadata":{"name":"a","namespace":"x","managedFields":[{"f":{}}]},"spec":{"ports":[{"port":80}]}},
          {"spec":{},"status":{"loadBalancer":{}},"metadata":{"name":"b","namespace":"x"}}],
         "metadata":{"resourceVersion":"7","continue":"next"},"other":[1,{"items":[]}]}
        """;

    [Fact]
    public async Task A_list_reads_the_same_wherever_it_is_split()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(List);
        for (int split = 0; split <= bytes.Length; split++)
        {
            (List<WatchedObject> found, ObjectHead head) = await ReadAsync(new SplitStream(bytes, split));
            Assert.Equal(["x/a", "x/b"], found.Select(item => item.Key.Path));
            Assert.Equal(("7", "next"), (head.ResourceVersion, head.Continue));
            Assert.Equal("""{"loadBalancer":{}}""", Encoding.UTF8.GetString(found[1].Status.Span));
        }
    }

    [Fact]
    public async Task A_list_that_is_cut_off_is_never_taken_for_a_whole_one()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(List.TrimEnd());
        for (int end = 0; end < bytes.Length; end++)
        {
            await Assert.ThrowsAnyAsync<JsonException>(
                () => ReadAsync(new MemoryStream(bytes, 0, end)));
        }
    }

    [Fact]
    public async Task An_object_over_the_limit_is_refused_and_one_below_it_is_not()
    {
        static string Padded(int bytes) =>
            $$"""{"items":[{"metadata":{"name":"a"},"data":"{{new string('x', bytes)}}"}],"""
            + "\"metadata\":{}}";
        byte[] large = Encoding.UTF8.GetBytes(Padded(KubernetesLimits.ObjectBytesMax + 1));
        await Assert.ThrowsAsync<JsonException>(() => ReadAsync(new MemoryStream(large)));
        byte[] small = Encoding.UTF8.GetBytes(Padded(KubernetesLimits.ObjectBytesMax - 100_000));
        Assert.Single((await ReadAsync(new MemoryStream(small))).Found);
    }

    [Theory]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"object":{}}""")]
    [InlineData("""[]""")]
    [InlineData("""{"type":"ADDED","object":{}""")]
    public void A_frame_without_its_parts_is_refused(string line) => Assert.ThrowsAny<JsonException>(
        () => WatchFrame.Read(new System.Buffers.ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line))));

    [Fact]
    public void The_parts_of_a_frame_may_come_in_any_order()
    {
        WatchFrame frame = WatchFrame.Read(new System.Buffers.ReadOnlySequence<byte>(
            """{"object":{"a":{"type":"x"}},"type":"DELETED"}"""u8.ToArray()));
        Assert.Equal("DELETED", frame.Type);
        Assert.Equal("""{"a":{"type":"x"}}""", Encoding.UTF8.GetString(frame.Object));
    }

    private static async Task<(List<WatchedObject> Found, ObjectHead Head)> ReadAsync(Stream stream)
    {
        List<WatchedObject> found = [];
        ObjectReader objects = new(ResourceKind.Find(Groups.Core, Kinds.Service)!, keepsStatus: true);
        ListReader reader = new(stream, objects, found.Add);
        await reader.ReadAsync(Deadline.Token());
        return (found, reader.Head);
    }

    /// <summary>Gives its bytes in two pieces.</summary>
    private sealed class SplitStream(byte[] bytes, int split) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int most = Position < split ? split - (int)Position : buffer.Length;
            return base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
        }
    }
}
