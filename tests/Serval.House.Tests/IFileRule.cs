namespace Serval.House.Tests;

/// <summary>A rule that each C# file keeps by itself.</summary>
public interface IFileRule
{
    /// <summary>What is wrong in this file, a line for each offence.</summary>
    IEnumerable<string> Offences(SourceFile file);
}
