using Serval.DataPlane.Accepting;

namespace Serval.DataPlane.Swapping;

/// <summary>A listening socket that no worker knows of yet.</summary>
/// <param name="Key">Its address and port.</param>
/// <param name="Id">Its id.</param>
/// <param name="Descriptors">Its descriptors, by worker.</param>
internal readonly record struct OpenedSocket(SocketKey Key, int Id, int[] Descriptors);
