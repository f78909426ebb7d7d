using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Serval.House.Tests.Rules;

/// <summary>Unsafe code stays where its invariants are written down.</summary>
internal sealed class UnsafeRule : IFileRule
{
    private static readonly (string Folder, string Reason)[] Allowed =
    [
        ("src/Serval.DataPlane/Rings/", "structures and memory shared with the kernel"),
        ("src/Serval.DataPlane/Buffers/", "slabs of memory that the kernel reads and writes"),
        ("src/Serval.DataPlane/Tls/", "OpenSSL reads and writes the slabs' memory, and calls back"),
        ("src/Serval.Config/Compiling/Table.cs",
            "tables in unmanaged memory, so that a million routes cost no collections"),
        ("src/Serval.Config/Compiling/TableMemory.cs", "where the memory of those tables comes from"),
        ("src/Serval.Common/Libc/", "texts for the C library"),
        ("src/Serval.VppBridge/Stats/", "the statistics segment, which VPP shares as memory"),
        ("tests/", "tests call what is unsafe"),
        ("bench/", "the load generator has a ring of its own"),
    ];

    public IEnumerable<string> Offences(SourceFile file) =>
        from token in file.Root.DescendantTokens()
        where token.IsKind(SyntaxKind.UnsafeKeyword) && !Allowed.Any(
            place => file.Path.StartsWith(place.Folder, StringComparison.Ordinal))
        select $"line {token.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: unsafe belongs into "
            + string.Join(", ", Allowed.Select(place => place.Folder));
}
