using System.Text.RegularExpressions;
using Serval.Config.Compiling;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

/// <summary>Threads that look up at once share no instance of a regular expression.</summary>
public sealed class RegexTableTests
{
    private const int Readers = 5;

    [Fact]
    public void Each_reader_has_an_instance_of_its_own_and_everybody_else_shares_the_first()
    {
        RegexTable table = TableOf(new PatternSet(Readers), "/item/[0-9]+");
        HashSet<Regex> instances =
            [.. Enumerable.Range(0, Readers).Select(reader => table.Instance(0, reader))];
        Assert.Equal(Readers, instances.Count);
        Assert.Same(table.Instance(0, 0), table.Instance(0, Readers));
        for (int reader = 0; reader < Readers; reader++)
        {
            Assert.True(table.IsMatch(0, reader, "/item/7"));
            Assert.False(table.IsMatch(0, reader, "/item/7x"));
        }
    }

    // A shared instance hands its scratch space to one thread at a time: the others allocate their own.
    [Fact]
    public void Matching_on_several_threads_at_once_allocates_nothing()
    {
        RegexTable table = TableOf(new PatternSet(Readers), "/item/[0-9]+(/[a-z]*)?");
        using Barrier start = new(Readers);
        long[] allocated = new long[Readers];
        Thread[] threads = [.. Enumerable.Range(0, Readers).Select(reader => new Thread(() =>
        {
            Match(table, reader, 20_000);
            start.SignalAndWait();
            long before = GC.GetAllocatedBytesForCurrentThread();
            Match(table, reader, 200_000);
            allocated[reader] = GC.GetAllocatedBytesForCurrentThread() - before;
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(allocated, bytes => Assert.Equal(0, bytes));
    }

    [Fact]
    public void An_expression_that_was_there_before_is_not_compiled_again()
    {
        PatternSet before = new(Readers);
        RegexTable first = TableOf(before, "/a+", "/b+");
        RegexTable second = TableOf(new PatternSet(Readers, before), "/b+", "/c+");
        Assert.Same(first.Instance(1, 3), second.Instance(0, 3));
        // Once it is complete it holds nothing of the one before.
        PatternSet complete = new(Readers, before);
        complete.Complete();
        Assert.NotSame(first.Instance(1, 3), TableOf(complete, "/b+").Instance(0, 3));
        // With another number of readers there is nothing to take.
        RegexTable other = TableOf(new PatternSet(Readers + 1, before), "/b+");
        Assert.NotSame(first.Instance(1, 3), other.Instance(0, 3));
    }

    [Fact]
    public void Values_that_are_too_long_are_counted_whoever_looks_up()
    {
        RegexTable table = TableOf(new PatternSet(Readers), "/a");
        for (int reader = 0; reader <= Readers; reader++) table.CountOverflow(reader);
        Assert.Equal(Readers + 1, table.Overflows);
    }

    private static RegexTable TableOf(PatternSet patterns, params string[] expressions)
    {
        foreach (string expression in expressions) Assert.True(patterns.TryAdd(expression, out _) >= 0);
        return new RegexTable(patterns.ToArray(), patterns.Readers);
    }

    private static void Match(RegexTable table, int reader, int times)
    {
        for (int i = 0; i < times; i++)
        {
            table.IsMatch(0, reader, "/item/12345/abc");
            table.IsMatch(0, reader, "/other/12345");
        }
    }
}
