using System.CommandLine;
using Serval.CommandLine.Printing;
using Serval.CommandLine.Roles;
using Serval.Common;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval status</c>: what a running router or gateway serves, how it is, and what is wrong; once or, like
/// top, again and again.
/// </summary>
internal static class StatusVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        AdminClientFlags flags = new();
        flags.Admin.Description =
            "Admin API of a router or gateway; those of this machine are tried by default";
        OutputFlag output = new();
        Option<bool> watch = new("--watch", "-w") { Description = "Show it live, until Ctrl-C" };
        Option<Duration> interval = DurationOption.Create(
            "--interval", "Between two looks of --watch", new Duration(1_000), least: 100, most: 3_600_000);
        Command verb = new("status", """
            Show what a running router or gateway serves, and what is wrong
            Exit codes: 0 it is ready, 1 it is not or cannot be asked, 2 the command line is wrong
            """)
        {
            watch,
            interval,
            output.Option,
        };
        flags.AddTo(verb);
        verb.SetAction((parsed, stop) => parsed.GetValue(watch)
            ? WatchAsync(
                new AdminQuestion(flags, parsed),
                TimeSpan.FromMilliseconds(parsed.GetValue(interval).Milliseconds))
            : ShowAsync(new AdminQuestion(flags, parsed), output, parsed, stop));
        return verb;
    }

    private static async Task<int> ShowAsync(
        AdminQuestion question, OutputFlag output, ParseResult parsed, CancellationToken stop)
    {
        StatusLook look = await StatusLook.TakeAsync(question, stop);
        if (look.Status is null)
            return await Complaints.SayAsync(look.Fault);
        output.Print(parsed, look.ToJson(), () => StatusScreen.Write(look, before: null));
        return look.Status["isReady"]!.GetValue<bool>() ? ExitCodes.Done : ExitCodes.No;
    }

    private static async Task<int> WatchAsync(AdminQuestion question, TimeSpan interval)
    {
        using StopSignals signals = new();
        using CancellationTokenSource stop = new();
        _ = signals.First.ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);
        using LiveScreen screen = LiveScreen.Open();
        StatusLook? before = null;
        while (!stop.IsCancellationRequested)
        {
            StatusLook look;
            try
            {
                look = await StatusLook.TakeAsync(question, stop.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            screen.Show(look.Status is null
                ? $"{look.Fault}\nTrying again every {new Duration((long)interval.TotalMilliseconds)}.\n"
                : StatusScreen.Write(look, before));
            if (look.Status is not null)
                before = look;
            await Task.Delay(interval, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return ExitCodes.Done;
    }
}
