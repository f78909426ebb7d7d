using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>
/// Runs the commands of documents as a reader would: blocks of <c>sh</c> one after another in one folder,
/// blocks of <c>sh background</c> in a shell of their own. After <c># →</c> stands what a block prints.
/// </summary>
public sealed partial class DocumentedCommandsTests
{
    private static readonly int[] Ports = [8080, 9901, 8000, 3001, 3002];

    [Theory]
    [InlineData("docs/first-site.md", 5)]
    [InlineData("docs/recipes.md", 5)]
    [InlineData("docs/command-line.md", 10)]
    [InlineData("docs/service.md", 3)]
    [InlineData("README.md", 1)]
    public async Task The_commands_of_a_document_do_what_it_says(string name, int least)
    {
        using Folder folder = new();
        int[] free = [.. Ports.Select(_ => Testing.Ports.Free())];
        string text = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, name), Deadline.Token());
        WritePrograms(folder.Root, free);
        List<Process> background = [];
        try
        {
            int count = 0;
            if (name == "docs/service.md")
                await StartServiceAsync(folder, free, background);
            if (name == "README.md")
                await CopyQuickstartAsync(folder, free);
            foreach (Match block in Blocks().Matches(text))
            {
                string script = WithFreePorts(block.Groups["text"].Value, free);
                if (block.Groups["kind"].Value == "background")
                {
                    background.Add(Start(folder.Root, script));
                    continue;
                }
                (int exitCode, string output) = await RunAsync(folder.Root, script);
                Assert.True(exitCode == 0, $"{script}\n{output}");
                foreach (Match expected in Expected().Matches(script))
                {
                    Assert.Contains(expected.Groups["text"].Value, output, StringComparison.Ordinal);
                    count++;
                }
            }
            Assert.True(count >= least, $"{name} says what {count} commands print");
        }
        finally
        {
            foreach (Process process in background)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(Deadline.Token());
                process.Dispose();
            }
        }
    }

    // serval with its admin API on a free port, and stand-ins for what a test has not.
    private static void WritePrograms(string root, int[] ports)
    {
        string bin = Path.Combine(root, "bin");
        Directory.CreateDirectory(bin);
        string admin = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[1]}");
        Script("serval", $$"""
            set -- "${@//\/etc\/serval/$PWD/etc}"
            case "$1 $*" in
              *--config*) exec {{ServalProcess.Program}} "$@" ;;
              "run "*) exec {{ServalProcess.Program}} "$@" --admin {{admin}} --workers 1 ;;
              "explain "* | "status "* | "config "*) exec {{ServalProcess.Program}} "$@" --admin {{admin}} ;;
              "ready "*) for i in $(seq 300); do
                  {{ServalProcess.Program}} "$@" 2>/dev/null && exit; sleep 0.1; done; exit 1 ;;
              *) exec {{ServalProcess.Program}} "$@" ;;
            esac
            """);
        // What systemd does for Type=notify-reload, and where the journal of the service is.
        Script("systemctl", """
            [ "$*" = "reload serval" ] && kill -HUP "$(cat serval.pid)"
            """);
        Script("journalctl", """
            [ "$*" = "-u serval" ] || exit 2
            for i in $(seq 300); do grep -q SIGHUP serval.log && break; sleep 0.1; done; cat serval.log
            """);
        // The program is built already.
        Script("make", """
            exec /usr/bin/make -o build "$@"
            """);
        void Script(string name, string body)
        {
            string path = Path.Combine(bin, name);
            File.WriteAllText(path, $"#!/bin/bash\nset -e\n{body}\n");
            File.SetUnixFileMode(
                path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // The service as its unit starts it, with a site behind its listener, in a folder in place of the root.
    private static async Task StartServiceAsync(Folder folder, int[] free, List<Process> background)
    {
        string packaging = Path.Combine(Repository.Root, "packaging");
        string unit = await File.ReadAllTextAsync(
            Path.Combine(packaging, "serval.service"), Deadline.Token());
        Assert.Contains("\nType=notify-reload\n", unit, StringComparison.Ordinal);
        string gateway = await File.ReadAllTextAsync(
            Path.Combine(packaging, "gateway.yaml"), Deadline.Token());
        Write(folder, "etc/gateway.yaml", WithFreePorts(
            gateway.Replace("port: 80\n", "port: 8080\n", StringComparison.Ordinal), free));
        (int exitCode, string output) = await RunAsync(
            folder.Root, "serval init blog=127.0.0.1:1 && mv site/blog.yaml etc/");
        Assert.True(exitCode == 0, output);
        string command = ExecStart().Match(unit).Groups["command"].Value
            .Replace("/usr/bin/serval", "serval", StringComparison.Ordinal)
            .Replace("$SERVAL_OPTIONS", "", StringComparison.Ordinal)
            .Replace("/var/lib/serval", "state", StringComparison.Ordinal)
            .Replace("/var/log/serval/", "", StringComparison.Ordinal);
        Assert.StartsWith("serval run /etc/serval ", command, StringComparison.Ordinal);
        background.Add(Start(
            folder.Root, $"mkdir state; echo $BASHPID > serval.pid; exec 2> serval.log; exec {command}"));
        (exitCode, output) = await RunAsync(folder.Root, "serval ready 127.0.0.1:9901".Replace(
            "9901", free[1].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.True(exitCode == 0, output);
    }

    // What `make run` needs, with ports that are free.
    private static async Task CopyQuickstartAsync(Folder folder, int[] free)
    {
        string admin = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{free[1]}");
        foreach (string path in (string[])
            ["Makefile", "scripts/run-quickstart.sh", .. Directory.GetFiles(
                Path.Combine(Repository.Root, "examples/quickstart"))
                .Select(file => Path.GetRelativePath(Repository.Root, file))])
        {
            string text = WithFreePorts(
                await File.ReadAllTextAsync(Path.Combine(Repository.Root, path), Deadline.Token()), free);
            Write(folder, path, text.Replace(
                "run examples/quickstart", $"run examples/quickstart --admin {admin}",
                StringComparison.Ordinal));
        }
        File.SetUnixFileMode(
            Path.Combine(folder.Root, "scripts/run-quickstart.sh"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Write(Folder folder, string name, string text)
    {
        string path = Path.Combine(folder.Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string WithFreePorts(string script, int[] free)
    {
        for (int i = 0; i < free.Length; i++)
        {
            script = script.Replace(
                Ports[i].ToString(CultureInfo.InvariantCulture),
                free[i].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }
        // The site is written for the port that the document names.
        return script.Replace(
            "serval init blog", $"serval init --port {free[0]} blog", StringComparison.Ordinal);
    }

    private static Process Start(string root, string script)
    {
        ProcessStartInfo start = new("bash", ["-c", $"({script}) >/dev/null 2>&1"])
        {
            WorkingDirectory = root,
        };
        start.Environment["PATH"] = $"{root}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SERVAL_PROGRAM"] = ServalProcess.Program;
        return Process.Start(start)!;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string root, string script)
    {
        // What runs in another shell may need a moment until it answers.
        string patient = script.Replace(
            "curl -", "curl --retry 100 --retry-delay 0 --retry-all-errors -", StringComparison.Ordinal);
        ProcessStartInfo start = new("bash", ["-euo", "pipefail", "-c", $"{{ {patient}\n}} 2>&1"])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{root}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(start)!;
        StringBuilder output = new(await process.StandardOutput.ReadToEndAsync(Deadline.Token()));
        await process.WaitForExitAsync(Deadline.Token());
        return (process.ExitCode, output.ToString());
    }

    [GeneratedRegex("^```sh ?(?<kind>\\w*)\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Blocks();

    [GeneratedRegex("^ExecStart=(?<command>.*)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex ExecStart();

    [GeneratedRegex("^# → (?<text>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Expected();
}
