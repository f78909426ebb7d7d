namespace Serval.Integration.Tests.Acme;

/// <summary>A fact about Debian's ACME test server; skipped with the reason where it is missing.</summary>
internal sealed class PebbleFactAttribute : FactAttribute
{
    public PebbleFactAttribute()
    {
        if (!File.Exists(Pebble.Program("pebble")))
            Skip = "pebble is missing; scripts/install-acme-server.sh unpacks it";
    }
}
