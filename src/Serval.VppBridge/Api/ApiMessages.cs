namespace Serval.VppBridge.Api;

/// <summary>The messages spoken, by name and checksum: a VPP whose message changed does not offer that
/// name.</summary>
internal static class ApiMessages
{
    public const string ControlPing = "control_ping_51077d14";
    public const string ControlPingReply = "control_ping_reply_f6b0b8ca";
    public const string ShowVersion = "show_version_51077d14";
    public const string InterfaceDump = "sw_interface_dump_aa610c27";
    public const string InterfaceSetFlags = "sw_interface_set_flags_f5aec1b8";
    public const string InterfaceAddress = "sw_interface_add_del_address_5463d73b";
    public const string WantInterfaceEvents = "want_interface_events_476f5a08";
    public const string InterfaceEvent = "sw_interface_event_2d3d95a7";
    public const string AddressDump = "ip_address_dump_2d033de4";
    public const string UnnumberedDump = "ip_unnumbered_dump_f9e6675e";
    public const string CliInband = "cli_inband_f8377302";
    public const string RouteAddDel = "ip_route_add_del_b8ecfe0d";
    public const string RouteLookup = "ip_route_lookup_710d6471";
    public const string AclAddReplace = "acl_add_replace_ee5c2f18";
    public const string AclDel = "acl_del_ef34fea4";
    public const string AclSetList = "acl_interface_set_acl_list_473982bd";
    public const string AclDump = "acl_dump_ef34fea4";
    public const string AclListDump = "acl_interface_list_dump_f9e6675e";
    public const string AclCounters = "acl_stats_intf_counters_enable_b3e225d2";
    public const string WireguardCreate = "wireguard_interface_create_a530137e";
    public const string WireguardDelete = "wireguard_interface_delete_f9e6675e";
    public const string WireguardDump = "wireguard_interface_dump_2c954158";
    public const string PeerAdd = "wireguard_peer_add_9b8aad61";
    public const string PeerRemove = "wireguard_peer_remove_3b74607a";
    public const string PeersDump = "wireguard_peers_dump_3b74607a";
    public const string WantPeerEvents = "want_wireguard_peer_events_3bc666c8";
    public const string PeerEvent = "wireguard_peer_event_4e1b5d67";
    public const string NatEnable = "nat44_ed_plugin_enable_disable_be17f8dd";
    public const string NatConfig = "nat44_show_running_config_51077d14";
    public const string NatAddress = "nat44_add_del_address_range_6f2b8055";
    public const string NatAddressDump = "nat44_address_dump_51077d14";
    public const string NatInterface = "nat44_interface_add_del_feature_f3699b83";
    public const string NatInterfaceDump = "nat44_interface_dump_51077d14";

    /// <summary>How long VPP may take. Changes of ACLs rebuild lookup tables, once for each
    /// interface.</summary>
    public static TimeSpan TimeoutOf(string message) =>
        message is AclAddReplace or AclDel or AclSetList ? Limits.AclCallTimeout : Limits.CallTimeout;
}
