using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Serval.Common;

namespace Serval.CommandLine;

/// <summary>Asks the admin API of a running role, and says in one line why there is no answer.</summary>
/// <param name="flags">Where it is, and what to present.</param>
/// <param name="parsed">The command line.</param>
internal sealed class AdminQuestion(AdminClientFlags flags, ParseResult parsed)
{
    /// <summary>
    /// The answer to a GET, or the reason why there is none. Without <c>--admin</c> the router of this
    /// machine is asked, then its gateway.
    /// </summary>
    /// <param name="path">Path and query, without a leading slash.</param>
    /// <param name="accept">The type to ask for.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<AdminAnswer> AskAsync(
        string path, string accept = "application/json", CancellationToken stop = default)
    {
        string address = parsed.GetValue(flags.Admin)!;
        AdminAnswer answer = await AskAsync(address, path, accept, stop);
        if (flags.NamesAdmin(parsed) || answer.IsReached)
            return answer;
        AdminAnswer gateway = await AskAsync(AdminClientFlags.LocalGateway, path, accept, stop);
        return gateway.IsReached
            ? gateway
            : answer with
            {
                Text = $"no router answers on {address}, and no gateway on {AdminClientFlags.LocalGateway}; "
                    + "start one, or say where it is with --admin",
            };
    }

    private async Task<AdminAnswer> AskAsync(
        string address, string path, string accept, CancellationToken stop)
    {
        try
        {
            using HttpClient client = flags.Connect(parsed, address);
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd(accept);
            using HttpResponseMessage answer = await client.SendAsync(request, stop);
            string text = await answer.Content.ReadAsStringAsync(stop);
            string answered = answer.Headers.TryGetValues("Serval-Answered", out IEnumerable<string>? values)
                ? values.First()
                : "";
            if (answer.StatusCode == HttpStatusCode.OK)
                return new AdminAnswer(true, true, address, text, answered == "yes");
            string hint = answer.StatusCode == HttpStatusCode.Unauthorized
                ? " (--admin-token-file FILE presents a token)"
                : "";
            return new AdminAnswer(true, false, address, string.Create(CultureInfo.InvariantCulture,
                $"{client.BaseAddress} answered {(int)answer.StatusCode}: {text.TrimEnd()}{hint}"), false);
        }
        catch (OptionException fault)
        {
            return new AdminAnswer(true, false, address, fault.Message, false);
        }
        catch (Exception fault) when (fault is HttpRequestException
            || (fault is TaskCanceledException && !stop.IsCancellationRequested))
        {
            string reason = fault.InnerException is AuthenticationException inner
                ? inner.Message
                : fault.Message;
            return new AdminAnswer(false, false, address, $"{address}: {reason}", false);
        }
    }
}
