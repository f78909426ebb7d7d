namespace Serval.Config.Tests;

/// <summary>Objects of the model in words, for comparing them.</summary>
internal static class Described
{
    /// <summary>Every value by reflection, independent of the form; absent and empty arrays alike.</summary>
    public static string Of(object? value)
    {
        if (value is null)
            return "null";
        if (value is string or ValueType && value.GetType().Namespace != "System.Collections.Immutable")
            return $"{value}";
        if (value is System.Collections.IEnumerable items)
        {
            bool isDefault = (bool)value.GetType().GetProperty("IsDefault")!.GetValue(value)!;
            return $"[{(isDefault ? "" : string.Join(',', items.Cast<object?>().Select(Of)))}]";
        }

        IEnumerable<string> members =
            value.GetType().GetProperties().Select(p => Of(p.GetValue(value)));
        return $"{value.GetType().Name}({string.Join(',', members)})";
    }
}
