using System.Globalization;
using System.Text;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>A command and what a real VPP printed, with LF.</summary>
internal sealed record RecordedCommands(string Fixture, string Command, string Reply)
{
    public static List<RecordedCommands> Load(string fixture)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture));
        var records = new List<RecordedCommands>();
        int at = 0;
        while (at < bytes.Length)
        {
            string command = Line(bytes, ref at)[4..];
            int count = int.Parse(Line(bytes, ref at)[4..], CultureInfo.InvariantCulture);
            string reply = Encoding.UTF8.GetString(bytes, at, count)
                .Replace("\r\n", "\n", StringComparison.Ordinal);
            at += count;
            while (at < bytes.Length && bytes[at] == '\n')
                at++;
            records.Add(new RecordedCommands(fixture, command, reply));
        }

        return records;
    }

    private static string Line(byte[] bytes, ref int at)
    {
        int end = Array.IndexOf(bytes, (byte)'\n', at);
        string line = Encoding.UTF8.GetString(bytes, at, end - at);
        at = end + 1;
        return line;
    }
}
