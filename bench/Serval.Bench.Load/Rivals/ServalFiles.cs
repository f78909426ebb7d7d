using System.Text;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Rivals;

/// <summary>Gateway API files for a scenario, in a folder that Serval follows.</summary>
internal static class ServalFiles
{
    /// <summary>The file whose route is changed while Serval runs.</summary>
    public const string SwapFile = "swap.yaml";

    // Serval's own bounds are 20,000 documents and 16 MiB to a file.
    private const int RoutesPerFile = 5_000;
    private const int EndpointsPerSlice = 100;
    private const string Separator = "---\n";

    /// <summary>Returns the folder.</summary>
    public static string Write(ProxyPlace place, string templates, Scenario scenario)
    {
        place.Fill(Path.Combine(templates, "bench.yaml"), ("@PROTOCOL@", Protocol(scenario)));
        if (scenario.EndsTls)
        {
            place.Fill(Path.Combine(templates, "secret.yaml"),
                ("@CERTIFICATE@", Base64(BenchCertificate.CertificatePem)),
                ("@KEY@", Base64(BenchCertificate.KeyPem)));
        }

        string route = File.ReadAllText(Path.Combine(templates,
            scenario.Tls == TlsUse.PassedThrough ? "tlsroute.yaml" : "route.yaml"));
        string slice = File.ReadAllText(Path.Combine(templates, "endpoints.yaml"));
        File.WriteAllText(Path.Combine(place.Directory, "endpoints.yaml"), Slices(place, slice, scenario));
        if (scenario.Routes == 0)
        {
            string hostname = scenario.Tls == TlsUse.PassedThrough ? BenchHosts.Plain : "";
            File.WriteAllText(
                Path.Combine(place.Directory, "route.yaml"), Route(place, route, "all", hostname));
        }

        for (int first = 0; first < scenario.Routes; first += RoutesPerFile)
        {
            IEnumerable<string> documents = Enumerable
                .Range(first, Math.Min(RoutesPerFile, scenario.Routes - first))
                .Select(number => Route(place, route, $"r{number}", BenchHosts.Of(number)));
            File.WriteAllText(Path.Combine(place.Directory, $"routes-{first}.yaml"),
                string.Join(Separator, documents));
        }

        if (scenario.SwapsPerSecond is not null)
        {
            File.WriteAllText(Path.Combine(place.Directory, SwapFile), SwapRoute(place, templates, 0));
        }

        return place.Directory;
    }

    /// <summary>A route that no request takes, different with every change.</summary>
    public static string SwapRoute(ProxyPlace place, string templates, int change) => Route(
        place, File.ReadAllText(Path.Combine(templates, "route.yaml")), "swap", "swap.example",
        $"/{change}");

    private static string Protocol(Scenario scenario) => scenario.Tls switch
    {
        TlsUse.None => "HTTP",
        TlsUse.PassedThrough => "TLS\n      tls: {mode: Passthrough}",
        _ => "HTTPS\n      tls: {certificateRefs: [{name: bench}]}",
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static string Route(
        ProxyPlace place, string template, string name, string hostname, string path = "/") =>
        place.Filled(template, ("@NAME@", name), ("@HOSTNAME@", hostname), ("@PATH@", path));

    private static string Slices(ProxyPlace place, string template, Scenario scenario) =>
        string.Join(Separator, BenchEndpoints.Addresses(scenario).Chunk(EndpointsPerSlice)
            .Select((addresses, slice) => place.Filled(template,
                ("@SLICE@", $"{slice}"),
                ("@ENDPOINTS@", string.Join("\n  ", addresses.Select(address =>
                    $"- {{addresses: [{address}], conditions: {{ready: true}}}}"))))));
}
