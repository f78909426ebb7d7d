using System.CommandLine;
using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp events</c>: what happens to VPP from now on.</summary>
internal static class EventsVerb
{
    private const int KindWidth = 17;

    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server)
    {
        WatchFlags flags = new();
        Command verb = new("events", "What happens to VPP from now on, a line each") { flags.Count };
        VppCall.SetAction(verb, server, (parsed, client, printer) => flags.WatchAsync(
            parsed, client, options => client.Gateway.WatchEvents(new WatchEventsRequest(), options),
            item => printer.PrintNext(item, Line(item))));
        return verb;
    }

    /// <summary>A time in UTC to the second.</summary>
    public static string Time(Timestamp? at) => at is null ? ""
        : at.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Line(Event item)
    {
        StringBuilder line = new(Time(item.At));
        if (item.LostBefore > 0)
            line.Append(CultureInfo.InvariantCulture, $"  ({item.LostBefore} events lost before this)");
        string kind = string.Concat(item.Kind.ToString().Select(
            (letter, i) => char.IsAsciiLetterUpper(letter) && i > 0 ? $"-{letter}" : $"{letter}"));
        line.Append("  ").Append(kind.ToLowerInvariant().PadRight(KindWidth));
        foreach (string text in (string[])[item.Subject, item.Detail])
        {
            if (text.Length > 0)
                line.Append("  ").Append(VppPrinter.Clean(text));
        }
        return line.ToString().TrimEnd() + "\n";
    }
}
