using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;

namespace Serval.Control.Tests.Store;

public sealed class ObjectStoreTests
{
    private static readonly ResourceKind Namespaces = ResourceKind.Find(Groups.Core, Kinds.Namespace)!;
    private static readonly ResourceKind Nodes = ResourceKind.Find(Groups.Core, Kinds.Node)!;

    private readonly ObjectStore _store = new([Namespaces, Nodes]);

    [Fact]
    public void Each_object_that_changed_is_told_once_with_what_it_was()
    {
        NamespaceResource first = Namespace("a", "1");
        NamespaceResource second = Namespace("a", "2");
        Assert.Equal(
            [new ObjectChange(first.Key, null, second)],
            _store.Apply(new ChangeBatch { Upserts = [first, second] }));
        Assert.Empty(_store.Apply(new ChangeBatch { Upserts = [Namespace("a", "2")] }));
        Assert.Equal(
            [new ObjectChange(first.Key, second, null)],
            _store.Apply(new ChangeBatch { Deletes = [first.Key, first.Key] }));
        Assert.Empty(_store.Apply(new ChangeBatch { Deletes = [first.Key] }));
        Assert.Empty(_store.Objects);
    }

    [Fact]
    public void An_object_that_was_deleted_and_created_again_is_a_change()
    {
        NamespaceResource first = Namespace("a", "1");
        _store.Apply(new ChangeBatch { Upserts = [first] });
        NamespaceResource again = Namespace("a", "1") with
        {
            Metadata = first.Metadata with { Uid = "another" },
        };
        ObjectChange change = Assert.Single(
            _store.Apply(new ChangeBatch { Deletes = [first.Key], Upserts = [again] }));
        Assert.Same(again, change.After);
    }

    [Fact]
    public void A_list_removes_what_it_does_not_hold_of_its_kind_alone()
    {
        NodeResource node = new() { Metadata = new ObjectMeta { Name = "n" } };
        _store.Apply(new ChangeBatch { Upserts = [Namespace("a", "1"), Namespace("b", "1"), node] });
        IReadOnlyList<ObjectChange> changes = _store.Apply(new ChangeBatch
        {
            Replaced = [Namespaces],
            Upserts = [Namespace("b", "1"), Namespace("c", "1")],
        });
        Assert.Equal(
            ["a", "c"], changes.Select(change => change.Key.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["b", "c"],
            _store.OfKind<NamespaceResource>(Groups.Core, Kinds.Namespace)
                .Select(resource => resource.Metadata.Name).Order(StringComparer.Ordinal));
        Assert.True(_store.TryGet(node.Key, out NodeResource? _));
    }

    [Fact]
    public void Nothing_is_translated_before_every_kind_is_synced()
    {
        ControlPlane plane = new(new TranslationOptions(), [Namespaces, Nodes]);
        Assert.Null(plane.Apply(new ChangeBatch { Upserts = [Namespace("a", "1")], Synced = [Namespaces] }));
        Assert.NotNull(plane.Apply(new ChangeBatch { Synced = [Nodes] }));
        Assert.Null(plane.Apply(new ChangeBatch { Upserts = [Namespace("a", "1")] }));
        Assert.NotNull(plane.Apply(new ChangeBatch { Upserts = [Namespace("a", "2")] }));
    }

    private static NamespaceResource Namespace(string name, string version) =>
        new() { Metadata = new ObjectMeta { Name = name, ResourceVersion = version } };
}
