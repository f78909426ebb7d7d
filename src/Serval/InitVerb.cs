using System.CommandLine;
using System.Globalization;
using System.Net;
using Serval.CommandLine.Printing;
using Serval.Common.Addressing;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval init NAME=ADDR:PORT…</c>: writes the Gateway API objects of a first site, which <c>run</c>
/// takes as they are.
/// </summary>
internal static class InitVerb
{
    private const string StandardOutput = "-";

    // Of a Service (RFC 1035).
    private const int NameLengthMax = 63;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string[]> sites = new("NAME=ADDR:PORT")
        {
            Description = "A name and where its service listens, such as blog=127.0.0.1:8000. "
                + "A name without a dot is served as NAME.localhost. The same name again adds an endpoint",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> folder = new("--dir")
        {
            HelpName = "DIR|-",
            Description = "Folder to write into, or the standard output",
            DefaultValueFactory = _ => "site",
        };
        Option<int> port = new("--port")
        {
            HelpName = "PORT",
            Description = "Port that Serval listens on",
            DefaultValueFactory = _ => 8080,
        };
        Option<bool> force = new("--force") { Description = "Overwrite files that are there" };
        Command verb = new("init", "Write the files of a first site, for serval run")
        {
            sites,
            folder,
            port,
            force,
        };
        verb.SetAction(parsed => WriteAsync(
            parsed.GetValue(sites)!, parsed.GetValue(folder)!, parsed.GetValue(port),
            parsed.GetValue(force)));
        return verb;
    }

    private static async Task<int> WriteAsync(string[] sites, string folder, int port, bool mayOverwrite)
    {
        if (port is < 1 or > 65535)
            return await Complaints.SayAsync($"--port: {port} is not from 1 to 65535", ExitCodes.Usage);
        List<FirstSite> read = [];
        foreach (string text in sites)
        {
            if (TryRead(text, read) is { } fault)
                return await Complaints.SayAsync(fault, ExitCodes.Usage);
        }
        if (folder == StandardOutput)
        {
            Console.Out.Write(FirstSite.Gateway(port) + string.Concat(read.Select(site => site.ToYaml())));
            return ExitCodes.Done;
        }
        // A site may be called gateway too: then both are in one file.
        (string Path, string Text)[] files =
        [
            .. read.Select(site => (site.Name, Text: site.ToYaml()))
                .Prepend((Name: "gateway", Text: FirstSite.Gateway(port)))
                .GroupBy(file => file.Name, file => file.Text)
                .Select(file => (Path.Join(folder, $"{file.Key}.yaml"), string.Concat(file))),
        ];
        string? there = mayOverwrite ? null : files.Select(file => file.Path).FirstOrDefault(File.Exists);
        if (there is not null)
            return await Complaints.SayAsync($"{there} is there already; --force overwrites it");
        try
        {
            Directory.CreateDirectory(folder);
            foreach ((string path, string text) in files)
                await File.WriteAllTextAsync(path, text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return await Complaints.SayAsync($"{folder}: {fault.Message}");
        }
        foreach ((string path, _) in files)
            Console.Out.WriteLine($"wrote {path}");
        Console.Out.WriteLine($"next: serval run {folder}");
        foreach (FirstSite site in read)
            Console.Out.WriteLine($"then: curl http://{site.Host}:{port}/");
        return ExitCodes.Done;
    }

    // Why it cannot be read; null when it was added.
    private static string? TryRead(string text, List<FirstSite> sites)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            return $"{text} is not NAME=ADDR:PORT, such as blog=127.0.0.1:8000";
        string host = text[..equals].ToLowerInvariant();
        string address = text[(equals + 1)..];
        if (!Endpoints.TryParse(address, out IPEndPoint? endpoint) || endpoint.Port == 0)
        {
            return $"{address} is not an address and port, such as 127.0.0.1:8000 "
                + "(an endpoint has an IP address, not a name)";
        }
        string name = host.Replace('.', '-');
        if (name.Length > NameLengthMax || !char.IsAsciiLetter(name[0])
            || host.Split('.').Any(label => label.Length == 0 || label[0] == '-' || label[^1] == '-')
            || name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
            return $"{host} is not a name: letters, digits and hyphens, with dots for a hostname";
        string full = host.Contains('.', StringComparison.Ordinal) ? host : $"{host}.localhost";
        FirstSite? known = sites.Find(site => site.Name == name);
        if (known is null)
            sites.Add(known = new FirstSite(name, full));
        if (known.Host != full)
            return $"{known.Host} and {full} would both be called {name}; give one";
        if (known.Endpoints.Count > 0
            && known.Endpoints[0].AddressFamily != endpoint.AddressFamily)
            return $"{name} has IPv4 and IPv6 endpoints; give one family";
        if (known.Endpoints.Count > 0 && known.Endpoints[0].Port != endpoint.Port)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"{name} has ports {known.Endpoints[0].Port} and {endpoint.Port}; give one");
        }
        known.Endpoints.Add(endpoint);
        return null;
    }
}
