using System.Net.Sockets;
using Serval.Config.Model;

namespace Serval.Control.Resolving;

/// <summary>
/// An endpoint and the cluster of the mesh that it is in; null is the cluster of this process.
/// </summary>
internal readonly record struct SourcedEndpoint(Endpoint Endpoint, string? Source, AddressFamily Family);
