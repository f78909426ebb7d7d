using System.CommandLine;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp acls</c>: access lists, and the interfaces they are bound to.</summary>
internal static class AclsVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server) => new("acls", "Access lists")
    {
        CreateList(server), CreateGet(server), CreateApply(server), CreateDelete(server), CreateBind(server),
    };

    private static Command CreateList(ServerFlags server)
    {
        Command verb = new("list", "All ACLs of the bridge");
        VppCall.SetAction(verb, server, async (_, client, printer) =>
        {
            ListAclsResponse answer = await client.Gateway.ListAclsAsync(new ListAclsRequest(), client.Once);
            printer.Print(answer, AclTables.Acls(answer.Acls));
        });
        return verb;
    }

    private static Command CreateGet(ServerFlags server)
    {
        Argument<string> name = Name();
        Command verb = new("get", "One ACL with its rules") { name };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            ListAclsRequest request = new() { Names = { parsed.GetValue(name)! } };
            Acl acl = (await client.Gateway.ListAclsAsync(request, client.Once)).Acls[0];
            printer.Print(acl, AclTables.Acls([acl]), AclTables.Rules(acl));
        });
        return verb;
    }

    private static Command CreateApply(ServerFlags server)
    {
        ChangeFlags flags = new();
        Option<string?> file = MessageFile.Option("An Acl");
        Option<bool> allowEmpty = new("--allow-empty")
        {
            Description = "Take an ACL without rules, which denies everything",
        };
        Command verb = new("apply", "Create an ACL, or replace its rules in one step")
        {
            file, allowEmpty, flags.CutSessions, flags.DryRun, flags.ResourceVersion,
        };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            ApplyAclRequest request = new()
            {
                Acl = await MessageFile.ReadAsync<Acl>(parsed.GetValue(file)!),
                AllowEmpty = parsed.GetValue(allowEmpty),
                CutSessions = parsed.GetValue(flags.CutSessions),
                DryRun = parsed.GetValue(flags.DryRun),
                ResourceVersion = parsed.GetValue(flags.ResourceVersion),
            };
            ApplyAclResponse answer = await client.Gateway.ApplyAclAsync(request, client.Once);
            printer.PrintChange(answer, answer.Change, $"ACL {request.Acl.Name}", request.DryRun);
        });
        return verb;
    }

    private static Command CreateDelete(ServerFlags server)
    {
        ChangeFlags flags = new();
        Argument<string> name = Name();
        Command verb = new("delete", "Delete an ACL that is bound nowhere")
        {
            name, flags.AllowMissing, flags.DryRun, flags.ResourceVersion,
        };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            DeleteAclRequest request = new()
            {
                Name = parsed.GetValue(name)!,
                AllowMissing = parsed.GetValue(flags.AllowMissing),
                DryRun = parsed.GetValue(flags.DryRun),
                ResourceVersion = parsed.GetValue(flags.ResourceVersion),
            };
            DeleteAclResponse answer = await client.Gateway.DeleteAclAsync(request, client.Once);
            printer.PrintChange(answer, answer.Change, $"ACL {request.Name}", request.DryRun);
        });
        return verb;
    }

    private static Command CreateBind(ServerFlags server)
    {
        ChangeFlags flags = new();
        Argument<string> over = new("INTERFACE") { Description = "By VPP's name, or tunnel:NAME" };
        Option<string> input = List("--input", "ACLs for what comes in, in this order: a,b; '' for none");
        Option<string> output = List("--output", "ACLs for what goes out, in this order; '' for none");
        Command verb = new("bind", "Replace both ACL lists of an interface in one step")
        {
            over, input, output, flags.CutSessions, flags.DryRun, flags.ResourceVersion,
        };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            BindAclsRequest request = new()
            {
                Interface = parsed.GetValue(over)!,
                CutSessions = parsed.GetValue(flags.CutSessions),
                DryRun = parsed.GetValue(flags.DryRun),
                ResourceVersion = parsed.GetValue(flags.ResourceVersion),
            };
            request.InputAcls.AddRange(Names(parsed.GetValue(input)!));
            request.OutputAcls.AddRange(Names(parsed.GetValue(output)!));
            BindAclsResponse answer = await client.Gateway.BindAclsAsync(request, client.Once);
            printer.PrintChange(answer, answer.Change, $"ACLs of {request.Interface}", request.DryRun);
        });
        return verb;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The name of the ACL" };

    // Both are asked for: a list that was forgotten would open the interface.
    private static Option<string> List(string name, string description) => new(name)
    {
        HelpName = "NAMES",
        Description = description,
        Required = true,
    };

    private static string[] Names(string list) => list.Length == 0 ? [] : list.Split(',');
}
