using FsCheck;
using FsCheck.Fluent;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>Whatever arrives, parsers answer; and they answer the same however it arrives.</summary>
public sealed class ParsingPropertyTests
{
    [Fact]
    public void Hostile_bytes_never_throw_and_are_never_read_past_their_end() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(HostileText.Any.ToArbitrary(), text =>
        {
            // The input ends where the array ends: one byte further throws.
            byte[] input = Bytes(text);
            RequestHead request = NewRequest();
            if (request.Parse(input) == ParseStatus.Complete)
            {
                Assert.InRange(request.Length, 1, input.Length);
                Describe(request, input);
            }

            ResponseHead response = NewResponse();
            if (response.Parse(input, MethodKind.Get, true) == ParseStatus.Complete)
                Assert.InRange(response.Length, 1, input.Length);
            new TrailerSection(HeaderLimits.Trailers).Parse(input, isResponse: false);
        }));

    [Fact]
    public void A_complete_head_reads_the_same_however_it_arrived() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(HostileText.Any.ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (text, place) =>
        {
            byte[] input = Bytes(text);
            int split = place % (input.Length + 1);
            RequestHead whole = NewRequest();
            ParseStatus status = whole.Parse(input);
            RequestHead pieces = NewRequest();
            int scanned = 0;
            ParseStatus first = pieces.Parse(input.AsSpan(0, split), ref scanned);
            if (first != ParseStatus.Incomplete)
            {
                Assert.Equal(first, status);
                return;
            }

            ParseStatus second = pieces.Parse(input, ref scanned);
            if (status == ParseStatus.Complete)
                Assert.Equal(Describe(whole, input), Describe(pieces, input));
            else
                Assert.NotEqual(ParseStatus.Complete, second);
        }));

    [Fact]
    public void A_complete_head_holds_no_byte_that_could_split_it() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(HostileText.Any.ToArbitrary(), text =>
        {
            byte[] input = Bytes(text);
            RequestHead head = NewRequest();
            if (head.Parse(input) != ParseStatus.Complete)
                return;
            string parts = Text(head.MethodRange.Of(input)) + Text(head.Path(input))
                + Text(head.QueryRange.Of(input)) + Text(head.Authority.Of(input));
            Assert.DoesNotContain(parts, octet => octet is <= ' ' or >= '\x7f');
            foreach (HeaderField field in head.Fields)
            {
                Assert.DoesNotContain(Text(field.Name(input)), octet => octet is <= ' ' or >= '\x7f' or ':');
                Assert.DoesNotContain(Text(field.Value(input)), octet => octet is '\r' or '\n' or '\0');
            }
        }));

    [Fact]
    public void Hostile_chunks_never_throw_and_yield_only_what_was_given() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(HostileText.Any.ToArbitrary(), text =>
        {
            byte[] input = Bytes("5;" + text);
            ChunkDecoder decoder = default;
            int at = 0;
            ChunkStatus status;
            do
            {
                status = decoder.Next(input.AsSpan(at), out int consumed, out int start, out int length);
                Assert.InRange(consumed, 0, input.Length - at);
                Assert.InRange(start + length, 0, consumed);
                at += consumed;
            }
            while (status == ChunkStatus.Data);
            if (status == ChunkStatus.NeedMore)
                Assert.Equal(input.Length, at);
        }));
}
