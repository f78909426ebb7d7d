namespace Serval.DataPlane.Tests.Tls;

/// <summary>One way in which a handshake fails, or does not although it looks so.</summary>
/// <param name="What">What happens; a row of docs/tls.md begins with it.</param>
/// <param name="Seen">What the client sees, as <see cref="TlsTalk"/> says it.</param>
/// <param name="Counted">The series that counts it.</param>
/// <param name="Play">Lets it happen; returns what the client has seen.</param>
internal sealed record FailureRow(
    string What, string Seen, string Counted, Func<FailingScene, Task<string>> Play)
{
    public static FailureRow OfSent(string what, string alert, Func<FailingScene, Task<string>> play) =>
        new(what, alert, Failure("downstream", "alert-sent", alert), play);

    public static FailureRow OfReceived(string what, string alert, Func<FailingScene, Task<string>> play) =>
        new(what, "sends " + alert, Failure("downstream", "alert-received", alert), play);

    public static FailureRow OfEndpoint(
        string what, string reason, string alert, string outcome, Func<FailingScene, Task<string>> play) =>
        new(what, "502 " + outcome, Failure("upstream", reason, alert), play);

    public static string Failure(string side, string reason, string alert) =>
        $"serval_tls_handshake_failures_total{{side=\"{side}\",reason=\"{reason}\",alert=\"{alert}\"}}";

    public static string Success(string version) =>
        $"serval_tls_handshakes_total{{side=\"downstream\",version=\"{version}\",resumed=\"false\"}}";
}
