namespace Serval.Control;

/// <summary>Every bound of the control plane. Reaching one is a finding, never a crash.</summary>
internal static class Limits
{
    /// <summary>Files read below one PATH; the rest is left out with an error finding.</summary>
    public const int FilesMax = 10_000;

    /// <summary>Folders entered below one PATH; the rest is left out with an error finding.</summary>
    public const int FoldersMax = 4_096;

    /// <summary>Depth of folders below PATH.</summary>
    public const int FolderDepthMax = 32;

    /// <summary>A larger file is refused unread.</summary>
    public const int FileBytesMax = 16 * 1024 * 1024;

    /// <summary>Documents in one file, list items included; a file with more is refused.</summary>
    public const int DocumentsMax = 20_000;

    /// <summary>Depth of nested mappings and sequences.</summary>
    public const int NodeDepthMax = 64;

    /// <summary>Nodes of one document after its aliases are expanded: stops "billion laughs".</summary>
    public const int NodesMax = 1_000_000;

    /// <summary>Findings kept of one file or one object; one more says that there were others.</summary>
    public const int FindingsMax = 100;

    /// <summary>Quiet time after which a burst of file events counts as settled.</summary>
    public const int SettleMs = 40;

    /// <summary>A burst that never pauses is read after this long.</summary>
    public const int SettleMaxMs = 150;

    /// <summary>A file that stays open for writing, but is not written, is read after this long.</summary>
    public const int WritingMaxMs = 5_000;

    /// <summary>A file that was emptied takes effect after this long.</summary>
    public const int EmptyFileMs = 5_000;

    /// <summary>Pause between looks at files that are empty or being written.</summary>
    public const int WaitingRescanMs = 200;

    /// <summary>Pause between the slow rescans that catch what no event told.</summary>
    public const int RescanMs = 2_000;

    /// <summary>Addresses that are used of each network of an address pool, from its start.</summary>
    public const int AddressesPerPool = 65_536;

    /// <summary>
    /// Services or ServiceImports of a namespace, the first by name, among which one with a near name is
    /// looked for when a route names one that is not there.
    /// </summary>
    public const int NamesCompared = 256;

    /// <summary>Missing backends of one route for which a near name is looked for.</summary>
    public const int NearNamesPerRoute = 4;
}
