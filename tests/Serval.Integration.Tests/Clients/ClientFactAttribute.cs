namespace Serval.Integration.Tests.Clients;

/// <summary>
/// A fact about real clients and upstreams; skipped with the reason where one of them is missing. Those of
/// <c>make clients</c> alone are skipped in <c>make test</c>.
/// </summary>
internal sealed class ClientFactAttribute : FactAttribute
{
    private bool _isLong;

    public ClientFactAttribute(params string[] tools)
    {
        foreach (string tool in tools)
        {
            if (ClientTools.Find(tool) is null)
                Skip ??= $"{tool} is missing; scripts/install-clients.sh installs it";
        }
    }

    /// <summary>Whether it is left to <c>make clients</c>.</summary>
    public bool IsLong
    {
        get => _isLong;
        set
        {
            _isLong = value;
            if (value && !ClientTools.IsWhole)
                Skip ??= "`make clients` runs it";
        }
    }
}
