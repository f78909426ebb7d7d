using System.Globalization;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests.Actors;

/// <summary>Draws exchanges.</summary>
internal static class PlanMaker
{
    private static readonly BodyPlan UpgradeBody = new(BodyShape.Length, 300, 1_000, false, false);

    public static ExchangePlan Draw(SimulatedNetwork network, int id)
    {
        SeededRandom random = network.Random;
        FaultProfile faults = network.Faults;
        bool isHttp10 = random.Chance(100);
        bool isUpgrade = !isHttp10 && random.Chance(60);
        string method = isUpgrade
            ? id % 2 == 0 ? "GET" : "POST"
            : random.Pick("GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
        bool hasBody = !isUpgrade && method is ("POST" or "PUT" or "PATCH");
        BodyPlan request = isUpgrade && method == "POST" ? UpgradeBody
            : !hasBody ? BodyPlan.None
            : isHttp10 ? BodyPlan.Draw(random, faults.BodyBytesMax, BodyShape.Length)
            : BodyPlan.Draw(random, faults.BodyBytesMax, BodyShape.Length, BodyShape.Chunked);
        BodyPlan response = BodyPlan.Draw(
            random, faults.BodyBytesMax, BodyShape.Length, BodyShape.Length, BodyShape.Chunked,
            BodyShape.Chunked, BodyShape.UntilClose);
        UpstreamFault upstreamFault = random.Chance(faults.UpstreamFaultPermille)
            ? (UpstreamFault)random.Between(1, 11) : UpstreamFault.None;
        if (upstreamFault == UpstreamFault.BreaksChunk
            && (response.Shape != BodyShape.Chunked || method == "HEAD" || isUpgrade))
            upstreamFault = UpstreamFault.Closes;
        bool isWithoutBody = !hasBody
            && upstreamFault is (UpstreamFault.AnswersEarly or UpstreamFault.StallsEarly
                or UpstreamFault.ResetsInAnswer or UpstreamFault.StopsReading);
        string kind = random.Chance(100) ? "/none/" : faults.IsHarmless
            ? random.Pick(SampleSnapshot.Plain, SampleSnapshot.Weighted)
            : random.Pick(SampleSnapshot.Plain, SampleSnapshot.Plain, SampleSnapshot.Weighted,
                SampleSnapshot.Timed, SampleSnapshot.Long);
        if (kind == "/none/") upstreamFault = UpstreamFault.None;
        return new ExchangePlan
        {
            Id = id,
            Method = method,
            Path = kind + id.ToString(CultureInfo.InvariantCulture),
            IsHttp10 = isHttp10,
            WantsClose = !isUpgrade && random.Chance(isHttp10 ? 500 : 100),
            IsUpgrade = isUpgrade && kind != "/none/",
            Request = request,
            Status = upstreamFault == UpstreamFault.BreaksChunk
                ? 200 : random.Pick(200, 200, 200, 201, 204, 304, 404, 500, 503),
            Response = response,
            Interims = random.Chance(150) ? random.Between(1, 3) : 0,
            UpstreamCloses = random.Chance(150),
            PaddingBytes = random.Chance(100)
                ? random.Between(0, Math.Min(6_000, faults.BodyBytesMax)) : random.Between(0, 40),
            UpstreamFault = isWithoutBody ? UpstreamFault.None : upstreamFault,
            ClientFault = random.Chance(faults.ClientFaultPermille)
                ? (ClientFault)random.Between(1, 6) : ClientFault.None,
            FaultPermille = random.Between(0, 999),
            ClientReadRate = random.Chance(50) ? random.Pick(2_000, 20_000) : 0,
            ClientWriteRate = random.Chance(50) ? random.Pick(5_000, 20_000) : 0,
            UpstreamReadRate = random.Chance(50) ? random.Pick(2_000, 20_000) : 0,
            UpstreamWriteRate = random.Chance(50) ? random.Pick(5_000, 20_000) : 0,
            ThinkUs = random.Chance(700) ? 0 : random.Between(0, random.Pick(1_000, 100_000, 3_000_000)),
        };
    }
}
