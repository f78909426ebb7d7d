using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Pods;

/// <summary>
/// The Pod Security Standards of Kubernetes as rules over a pod's specification, because the API server of
/// the tests has no such admission. Each rule names the field that offends it.
/// </summary>
internal static class PodSecurity
{
    private static readonly string[] BaselineCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly string[] SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    private static readonly string[] RestrictedVolumes =
    [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
        "secret",
    ];

    /// <summary>What keeps an object's pod from a level; empty when it reaches it.</summary>
    public static IEnumerable<string> Offences(Manifest made, PodLevel level)
    {
        if (made.PodSpec is not { } pod || level == PodLevel.Privileged)
            return [];
        IEnumerable<string> found = BaselineOfPod(pod)
            .Concat(made.Containers.SelectMany(BaselineOfContainer));
        if (level == PodLevel.Restricted)
            found = found.Concat(RestrictedVolumesOf(pod))
                .Concat(made.Containers.SelectMany(container => RestrictedOf(pod, container)));
        return found;
    }

    private static IEnumerable<string> BaselineOfPod(JsonObject pod)
    {
        foreach (string field in new[] { "hostNetwork", "hostPID", "hostIPC" })
        {
            if (IsTrue(pod[field]))
                yield return field;
        }
        foreach (JsonNode? volume in pod["volumes"]?.AsArray() ?? [])
        {
            if (volume!["hostPath"] is not null)
                yield return "hostPath";
        }
        foreach (JsonNode? sysctl in pod["securityContext"]?["sysctls"]?.AsArray() ?? [])
        {
            string name = sysctl!["name"]!.GetValue<string>();
            if (!SafeSysctls.Contains(name))
                yield return $"sysctls: {name}";
        }
        if (pod["securityContext"]?["seccompProfile"]?["type"]?.GetValue<string>() == "Unconfined")
            yield return "seccompProfile";
    }

    private static IEnumerable<string> BaselineOfContainer(JsonObject container)
    {
        JsonNode? security = container["securityContext"];
        if (IsTrue(security?["privileged"]))
            yield return "privileged";
        foreach (string name in Texts(security?["capabilities"]?["add"]).Except(BaselineCapabilities))
            yield return $"capabilities.add: {name}";
        if (security?["seccompProfile"]?["type"]?.GetValue<string>() == "Unconfined")
            yield return "seccompProfile";
        if (security?["procMount"]?.GetValue<string>() is not (null or "Default"))
            yield return "procMount";
        foreach (JsonNode? port in container["ports"]?.AsArray() ?? [])
        {
            if (port!["hostPort"] is { } hostPort && hostPort.GetValue<int>() != 0)
                yield return "hostPort";
        }
    }

    private static IEnumerable<string> RestrictedVolumesOf(JsonObject pod) =>
        (pod["volumes"]?.AsArray() ?? []).SelectMany(volume => volume!.AsObject())
            .Where(field => field.Key != "name" && !RestrictedVolumes.Contains(field.Key))
            .Select(field => $"volumes: {field.Key}");

    private static IEnumerable<string> RestrictedOf(JsonObject pod, JsonObject container)
    {
        JsonNode? security = container["securityContext"], whole = pod["securityContext"];
        if (security?["allowPrivilegeEscalation"] is not { } escalation || escalation.GetValue<bool>())
            yield return "allowPrivilegeEscalation";
        if (!IsTrue(security?["runAsNonRoot"] ?? whole?["runAsNonRoot"]))
            yield return "runAsNonRoot";
        if ((security?["runAsUser"] ?? whole?["runAsUser"])?.GetValue<long>() == 0)
            yield return "runAsUser";
        if ((security?["seccompProfile"] ?? whole?["seccompProfile"])?["type"]?.GetValue<string>()
            is not ("RuntimeDefault" or "Localhost"))
            yield return "seccompProfile is not set";
        if (!Texts(security?["capabilities"]?["drop"]).Contains("ALL"))
            yield return "capabilities.drop";
        foreach (string name in Texts(security?["capabilities"]?["add"])
            .Where(name => name != "NET_BIND_SERVICE"))
            yield return $"capabilities.add beyond NET_BIND_SERVICE: {name}";
    }

    private static bool IsTrue(JsonNode? node) => node?.GetValue<bool>() == true;

    private static IEnumerable<string> Texts(JsonNode? node) =>
        (node?.AsArray() ?? []).Select(text => text!.GetValue<string>());
}
