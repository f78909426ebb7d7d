namespace Serval.CommandLine.Vpp;

/// <summary>How <c>serval vpp</c> prints.</summary>
internal enum PrintedAs
{
    /// <summary>For people: a line for each object.</summary>
    Table,

    /// <summary>For programs: the proto3 JSON mapping of the answer.</summary>
    Json,
}
