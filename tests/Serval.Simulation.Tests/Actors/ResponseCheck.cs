using System.Globalization;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests.Actors;

/// <summary>Compares a response of the upstream's with what the upstream was to send.</summary>
internal static class ResponseCheck
{
    public static void Head(SimulatedNetwork network, ExchangePlan plan, MessageReader reader, int interims)
    {
        Expect(network, plan, reader, "X-Exchange", plan.Id.ToString(CultureInfo.InvariantCulture));
        Expect(network, plan, reader, "X-Padding", new string('p', plan.PaddingBytes));
        Expect(network, plan, reader, "X-Hop", null);
        Expect(network, plan, reader, "Keep-Alive", null);
        Expect(network, plan, reader, "X-Resp-Version", plan.VersionSeen);
        if (reader.Header("Date") is null) network.Violate($"exchange {plan.Id}: no Date");
        int status = plan.IsUpgrade ? 101 : plan.Status;
        if (reader.Status != status)
            network.Violate($"exchange {plan.Id}: status {reader.Status}, not {status}");
        if (plan.IsHttp10 && reader.Header("Transfer-Encoding") is not null)
            network.Violate($"exchange {plan.Id}: chunks for HTTP/1.0");
        if (!plan.IsHttp10 && interims != plan.Interims && plan.UpstreamFault == UpstreamFault.None)
            network.Violate($"exchange {plan.Id}: {interims} interim responses, not {plan.Interims}");
    }

    public static void Body(SimulatedNetwork network, ExchangePlan plan, MessageReader reader)
    {
        int length = plan.IsBodiless ? 0 : plan.Response.Length;
        bool endsByClose = plan.Response.Shape == BodyShape.UntilClose || plan.IsHttp10;
        // An upstream that ends such a body early cannot be told from one that is done.
        bool mayBeShort = endsByClose
            && plan.UpstreamFault is not (UpstreamFault.None or UpstreamFault.AnswersEarly);
        mayBeShort |= reader.Shape == BodyShape.UntilClose
            && (network.Faults.HasFewBuffers || plan.ClientFault != ClientFault.None
                || plan.IsOf(SampleSnapshot.Timed));
        if (reader.Mismatch >= 0)
            network.Violate($"exchange {plan.Id}: byte {reader.Mismatch} of the response is wrong");
        if (reader.BodyLength != length && !(mayBeShort && reader.BodyLength < length))
            network.Violate($"exchange {plan.Id}: {reader.BodyLength} of {length} bytes of a response");
        bool hasTrailers = plan.Response.HasTrailers && reader.Shape == BodyShape.Chunked && !mayBeShort;
        if (hasTrailers && reader.Trailers != $"{MessageBytes.Trailer}: {plan.Id}\n")
            network.Violate($"exchange {plan.Id}: trailers are {reader.Trailers}");
    }

    private static void Expect(SimulatedNetwork network, ExchangePlan plan, MessageReader reader,
        string name, string? value)
    {
        string? actual = reader.Header(name);
        if (actual != value)
            network.Violate($"exchange {plan.Id} is answered with {name}: {actual}, not {value}");
    }
}
