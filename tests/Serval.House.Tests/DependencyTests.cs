using System.Reflection;
using System.Xml.Linq;

namespace Serval.House.Tests;

public sealed class DependencyTests
{
    /// <summary>What each project may use of the others. Everything else is an offence.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Serval.Common"] = [],
        ["Serval.Config"] = ["Serval.Common"],
        ["Serval.DataPlane"] = ["Serval.Common", "Serval.Config"],
        ["Serval.Control"] = ["Serval.Common", "Serval.Config"],
        ["Serval.VppBridge"] = ["Serval.Common"],
        ["Serval"] =
            ["Serval.Common", "Serval.Config", "Serval.Control", "Serval.DataPlane", "Serval.VppBridge"],
    };

    [Fact]
    public void Project_files_refer_in_one_direction()
    {
        foreach (string path in Repository.Files("*.csproj").Where(path => path.StartsWith("src/",
            StringComparison.Ordinal)))
        {
            string project = Path.GetFileNameWithoutExtension(path);
            Assert.True(Allowed.ContainsKey(project), $"{project} is new: say here what it may use");
            Assert.Empty(Offences(project, References(XDocument.Parse(Repository.Read(path)))));
        }
    }

    [Fact]
    public void Assemblies_refer_in_one_direction()
    {
        foreach (string project in Allowed.Keys.Where(name => Directory.Exists(Path.Combine(Repository.Root,
            "src", name))))
        {
            Assembly assembly = Assembly.Load(project == "Serval" ? "serval" : project);
            IEnumerable<string> names = assembly.GetReferencedAssemblies().Select(
                reference => reference.Name!);
            Assert.Empty(Offences(project,
                names.Where(name => name.StartsWith("Serval", StringComparison.OrdinalIgnoreCase))));
        }
    }

    [Theory]
    [InlineData("Serval.Config", "Net.Sockets")]
    [InlineData("Serval.Config", "YamlDotNet")]
    [InlineData("Serval.Control", "Microsoft.AspNetCore")]
    [InlineData("Serval.DataPlane", "YamlDotNet")]
    public void Some_libraries_stay_out_of_some_projects(string project, string library)
    {
        AssemblyName[] references = Assembly.Load(project).GetReferencedAssemblies();
        Assert.DoesNotContain(
            references, reference => reference.Name!.Contains(library, StringComparison.Ordinal));
    }

    [Fact]
    public void A_planted_reference_is_found()
    {
        XDocument project = XDocument.Parse(
            """<Project><I><ProjectReference Include="../A/Serval.Control.csproj" /></I></Project>""");
        Assert.Equal(["Serval.Control"], Offences("Serval.DataPlane", References(project)));
        Assert.Empty(Offences("Serval", References(project)));
    }

    private static IEnumerable<string> References(XDocument project) =>
        project.Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

    private static IEnumerable<string> Offences(string project, IEnumerable<string> references) =>
        references.Except(Allowed[project]);
}
