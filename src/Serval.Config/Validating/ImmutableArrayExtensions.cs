using System.Collections.Immutable;

namespace Serval.Config.Validating;

/// <summary>For arrays of objects that a deserialiser, not their constructor, may have filled.</summary>
internal static class ImmutableArrayExtensions
{
    /// <summary>The array, or an empty one in place of none.</summary>
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
