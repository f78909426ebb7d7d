using System.Globalization;

namespace Serval.Bench.Load;

/// <summary><c>--name value</c> pairs and <c>--flag</c>s of a command line.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <summary>Reads the options; a name that is not in <paramref name="known"/> is refused.</summary>
    public Arguments(IEnumerable<string> args, params string[] known)
    {
        string? name = null;
        foreach (string arg in args)
        {
            if (arg.StartsWith("--", StringComparison.Ordinal))
            {
                name = arg[2..];
                if (!known.Contains(name, StringComparer.Ordinal))
                {
                    throw new FormatException($"{arg} is not one of --{string.Join(" --", known)}");
                }

                _values.TryAdd(name, []);
            }
            else if (name is null)
            {
                throw new FormatException($"'{arg}' stands without an option before it");
            }
            else
            {
                _values[name].Add(arg);
            }
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public IReadOnlyList<string> List(string name) => _values.GetValueOrDefault(name, []);

    public string Text(string name, string otherwise) => List(name) is [.., string last] ? last : otherwise;

    public long Number(string name, long otherwise) =>
        Has(name) ? long.Parse(Text(name, ""), CultureInfo.InvariantCulture) : otherwise;

    public double Seconds(string name, double otherwise) =>
        Has(name) ? double.Parse(Text(name, ""), CultureInfo.InvariantCulture) : otherwise;
}
