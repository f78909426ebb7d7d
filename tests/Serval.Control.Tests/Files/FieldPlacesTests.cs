using Serval.Control.Files;

namespace Serval.Control.Tests.Files;

public sealed class FieldPlacesTests
{
    private const string Text = """
        # two documents
        apiVersion: v1
        kind: List
        items:
          - kind: A
            spec: {rules: [{x: 1}, {x: 2, "y.z": {deep: 3}}]}
        ---

        kind: B
        spec:
          rules:
            - x: 1
            - x: 2
              labels:
                app/name: b
        """;

    [Theory]
    [InlineData(5, "", "5:5")]
    [InlineData(5, "spec.rules[1].x", "6:29")]
    [InlineData(5, "spec.rules[1][y.z].deep", "6:43")]
    [InlineData(9, "", "9:1")]
    [InlineData(9, "spec.rules[1]", "13:7")]
    [InlineData(9, "spec.rules[1].labels[app/name]", "15:9")]
    [InlineData(9, "spec.rules[1].absent.more", "13:7")]
    [InlineData(9, "spec.rules[7].x", "11:3")]
    [InlineData(9, "--state-dir", "9:1")]
    public void A_field_is_found_by_its_path_and_else_the_innermost_part_that_is_there(
        int line, string path, string expected)
    {
        Assert.Equal(expected, FieldPlaces.Find(Text, line, path));
    }

    [Theory]
    [InlineData("kind: A\n", 7)]
    [InlineData("kind: [\n", 1)]
    [InlineData("", 1)]
    public void An_object_that_is_not_there_has_no_place(string text, int line)
    {
        Assert.Null(FieldPlaces.Find(text, line, "spec"));
    }
}
