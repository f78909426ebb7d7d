using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using AclModel = Serval.VppBridge.Model.Acl;

namespace Serval.VppBridge.Serving;

internal sealed partial class VppGatewayService
{
    /// <inheritdoc/>
    public override async Task<GetInterfacesResponse> GetInterfaces(
        GetInterfacesRequest request, ServerCallContext context)
    {
        VppState seen = await reconciler.ObserveAsync(context.CancellationToken).ConfigureAwait(false);
        DesiredState desired = reconciler.Desired;
        if (request.Names.FirstOrDefault(n => seen.Interfaces.All(i => i.Name != n)) is { } missing)
            throw GrpcFault.Of(
                StatusCode.NotFound, $"names: VPP has no interface named '{missing}'");
        var response = new GetInterfacesResponse();
        foreach (VppInterface item in seen.Interfaces.OrderBy(i => i.Index))
        {
            if (request.Names.Count > 0 && !request.Names.Contains(item.Name))
                continue;
            var written = new Interface
            {
                Name = item.Name,
                SwIfIndex = item.Index,
                AdminUp = item.IsAdminUp,
                Mtu = item.Mtu,
                Tunnel = desired.Tunnels.Values.FirstOrDefault(t => t.InterfaceName == item.Name)?.Name
                    ?? string.Empty,
            };
            if (item.IsLinkUp is { } isLinkUp)
                written.LinkUp = isLinkUp;
            written.Addresses.AddRange(item.Addresses.Select(a => a.ToString()));
            VppAclLists lists = seen.AclLists.GetValueOrDefault(item.Index, VppAclLists.Empty);
            written.InputAcls.AddRange(lists.Inputs.Select(a => seen.FindAcl(a)?.Name ?? "#" + a));
            written.OutputAcls.AddRange(lists.Outputs.Select(a => seen.FindAcl(a)?.Name ?? "#" + a));
            response.Interfaces.Add(written);
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<ApplyAclResponse> ApplyAcl(ApplyAclRequest request, ServerCallContext context)
    {
        AclModel acl = AclReading.Read(request.Acl, request.AllowEmpty);
        var change = new ChangeRequest(
            DesiredState.AclKey(acl.Name), request.ResourceVersion, request.DryRun, (desired, _) =>
            {
                if (desired.Acls.TryGetValue(acl.Name, out AclModel? now))
                    return now.Rules.SequenceEqual(acl.Rules) ? desired
                        : desired with { Acls = desired.Acls.SetItem(acl.Name, acl) };
                Require.Count(desired.Acls.Count + 1, Limits.ObjectsMax, "acl");
                return desired with { Acls = desired.Acls.Add(acl.Name, acl) };
            },
            request.CutSessions);
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        return new ApplyAclResponse { Change = done };
    }

    /// <inheritdoc/>
    public override async Task<ListAclsResponse> ListAcls(ListAclsRequest request, ServerCallContext context)
    {
        VppState seen = await reconciler.ObserveAsync(context.CancellationToken).ConfigureAwait(false);
        DesiredState desired = reconciler.Desired;
        if (request.Names.FirstOrDefault(n => !desired.Acls.ContainsKey(n)) is { } missing)
            throw GrpcFault.Of(StatusCode.NotFound, $"names: there is no ACL '{missing}'");
        var response = new ListAclsResponse();
        foreach (AclModel acl in desired.Acls.Values)
        {
            if (request.Names.Count > 0 && !request.Names.Contains(acl.Name))
                continue;
            var written = new Vpp.V1.Acl
            {
                Name = acl.Name,
                ResourceVersion = desired.VersionOf(DesiredState.AclKey(acl.Name)),
            };
            if (seen.Acls.FirstOrDefault(a => a.Name == acl.Name) is { } own)
                written.AclIndex = own.Index;
            written.Rules.AddRange(acl.Rules.Select(AclReading.Write));
            written.InputOn.AddRange(
                desired.Bindings.Values.Where(b => b.Inputs.Contains(acl.Name)).Select(b => b.Interface));
            written.OutputOn.AddRange(
                desired.Bindings.Values.Where(b => b.Outputs.Contains(acl.Name)).Select(b => b.Interface));
            response.Acls.Add(written);
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<DeleteAclResponse> DeleteAcl(
        DeleteAclRequest request, ServerCallContext context)
    {
        string name = Require.Name(request.Name, "name");
        var change = new ChangeRequest(
            DesiredState.AclKey(name), request.ResourceVersion, request.DryRun, (desired, _) =>
            {
                if (!desired.Acls.ContainsKey(name))
                {
                    return request.AllowMissing
                        ? desired
                        : throw GrpcFault.Of(StatusCode.NotFound, $"name: there is no ACL '{name}'");
                }

                if (desired.Bindings.Values.FirstOrDefault(
                    b => b.Inputs.Contains(name) || b.Outputs.Contains(name)) is { } user)
                {
                    throw GrpcFault.Of(
                        StatusCode.FailedPrecondition,
                        $"name: ACL '{name}' is bound to {user.Interface}; take it out of its lists with "
                            + "BindAcls first");
                }

                return desired with { Acls = desired.Acls.Remove(name) };
            });
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        return new DeleteAclResponse { Change = done };
    }

    /// <inheritdoc/>
    public override async Task<BindAclsResponse> BindAcls(BindAclsRequest request, ServerCallContext context)
    {
        string name = Require.InterfaceName(request.Interface, "interface");
        string[] inputs = ReadList(request.InputAcls, "input_acls"),
            outputs = ReadList(request.OutputAcls, "output_acls");
        var binding = new AclBinding(name, inputs, outputs);
        var change = new ChangeRequest(
            DesiredState.BindingKey(name), request.ResourceVersion, request.DryRun,
            (desired, seen) => Bind(desired, seen, binding), request.CutSessions);
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        return new BindAclsResponse { Change = done };
    }

    private static DesiredState Bind(DesiredState desired, VppState seen, AclBinding binding)
    {
        if (binding.Inputs.Concat(binding.Outputs)
            .FirstOrDefault(a => !desired.Acls.ContainsKey(a)) is { } missing)
            throw GrpcFault.Of(
                StatusCode.NotFound, $"there is no ACL '{missing}'; make it with ApplyAcl first");
        string vppName = desired.InterfaceOf(binding.Interface)
            ?? throw GrpcFault.Of(
                StatusCode.NotFound, $"interface: there is no {binding.Interface}");
        AclBinding? now = desired.Bindings.GetValueOrDefault(binding.Interface);
        bool isGone = binding.Inputs.Count == 0 && binding.Outputs.Count == 0;

        // A tunnel that VPP lost is made again with its lists, and lists can be given up with their
        // interface.
        bool isExpected = binding.Interface.StartsWith(Model.Tunnel.BindingPrefix, StringComparison.Ordinal)
            || (isGone && now is not null);
        if (!isExpected && seen.FindInterface(vppName, out string? problem) is null)
        {
            StatusCode code = seen.Interfaces.Any(i => i.Name == vppName)
                ? StatusCode.FailedPrecondition
                : StatusCode.NotFound;
            throw GrpcFault.Of(code, "interface: " + problem);
        }

        // The same interface under its two names would be bound twice.
        if (desired.Bindings.Keys.FirstOrDefault(
            k => k != binding.Interface && desired.InterfaceOf(k) == vppName) is { } other)
            throw GrpcFault.Of(
                StatusCode.FailedPrecondition, $"interface: it is bound as '{other}' already");
        if (isGone)
            return now is null ? desired
                : desired with { Bindings = desired.Bindings.Remove(binding.Interface) };
        if (now is not null && now.Inputs.SequenceEqual(binding.Inputs)
            && now.Outputs.SequenceEqual(binding.Outputs))
            return desired;
        Require.Count(desired.Bindings.Count + 1, Limits.ObjectsMax, "interface");
        return desired with { Bindings = desired.Bindings.SetItem(binding.Interface, binding) };
    }

    private static string[] ReadList(IList<string> names, string field)
    {
        Require.Count(names.Count, Limits.AclsPerListMax, field);
        foreach (string name in names)
            Require.Name(name, field);

        // VPP takes half of a list that names one ACL twice.
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw Require.Invalid(field, "an ACL comes more than once");
        return [.. names];
    }

    /// <inheritdoc/>
    public override async Task<SetSourceNatResponse> SetSourceNat(
        SetSourceNatRequest request, ServerCallContext context)
    {
        Model.SourceNat? wanted = NatReading.Read(request.SourceNat);
        var change = new ChangeRequest(
            DesiredState.NatKey, request.ResourceVersion, request.DryRun, (desired, seen) =>
            {
                if (NatReading.IsSame(desired.Nat, wanted))
                    return desired;
                DesiredState next = desired with { Nat = wanted };
                RequireNatInterfaces(next, seen);
                return next;
            });
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        return new SetSourceNatResponse { Change = done };
    }

    private static void RequireNatInterfaces(DesiredState desired, VppState seen)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string wish in desired.NatInterfaces())
        {
            if (desired.InterfaceOf(wish) is not { } name)
                throw GrpcFault.Of(StatusCode.NotFound, $"source_nat: there is no {wish}");
            if (seen.FindInterface(name, out string? problem) is null)
                throw GrpcFault.Of(StatusCode.NotFound, "source_nat: " + problem);
            if (!named.TryAdd(name, wish))
                throw Require.Invalid("source_nat", $"'{named[name]}' and '{wish}' are one interface");
        }
    }

    /// <inheritdoc/>
    public override Task<GetSourceNatResponse> GetSourceNat(
        GetSourceNatRequest request, ServerCallContext context)
    {
        DesiredState desired = reconciler.Desired;
        return Task.FromResult(new GetSourceNatResponse
        {
            SourceNat = NatReading.Write(
                desired.Nat, desired.VersionOf(DesiredState.NatKey), reconciler.LastSeen.Nat.SessionsMax),
        });
    }
}
