using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Serval.DataPlane.Rings;
using Tmds.Linux;
using Xunit.Abstractions;

namespace Serval.Kernel.Tests;

/// <summary>
/// Structs and constants of the kernel, as the C compiler of this machine sees them and as C# declares them:
/// our own, and those of Tmds.LibC that we use.
/// </summary>
public sealed class LayoutTests(ITestOutputHelper output)
{
    // Added by us behind the address, or views of fields that have another name in C.
    private static readonly string[] OursAlone = ["SocketAddress.Length"];

    // Newer than some headers still in use; nothing else may be missing.
    private static readonly string[] MayBeAbsent =
    [
        "SubmissionEntry.Level", "SubmissionEntry.OptionName", "SubmissionEntry.OptionLength",
        "SubmissionEntry.OptionValue", "RingFlags.SetupNoSubmissionArray", "RingFlags.CommandSetSocketOption",
        "RingFlags.CommandUnread", "RingFlags.CommandUnacknowledged",
    ];

    [SkippableByCompilerFact]
    public void Every_field_and_constant_is_where_the_C_compiler_puts_it()
    {
        HashSet<string> seen = [];
        foreach (string line in CompileAndRun().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            string name = parts[1];
            long expected = long.Parse(parts[2], CultureInfo.InvariantCulture);
            seen.Add(name);
            if (parts[0] == "absent")
            {
                Assert.Contains(name, MayBeAbsent);
                output.WriteLine($"not checked, unknown to the installed headers: {name}");
                continue;
            }

            Assert.Equal((name, expected), (name, Declared(parts[0], name)));
        }

        AssertNothingForgotten(seen);
    }

    private static long Declared(string kind, string name)
    {
        string[] path = name.Split('.');
        Type type = TypeOf(path[0]);
        if (kind == "struct") return Marshal.SizeOf(type);
        if (type.Assembly == typeof(LibC).Assembly) return Marshal.OffsetOf(type, path[1]);
        FieldInfo field = type.GetField(path[1], Everything) ?? throw new MissingFieldException(name);
        return kind == "field"
            ? field.GetCustomAttribute<FieldOffsetAttribute>()!.Value
            : Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture);
    }

    private static void AssertNothingForgotten(HashSet<string> seen)
    {
        foreach (Type type in typeof(RingFlags).Assembly.GetTypes())
        {
            bool isKernels = type.Namespace == typeof(RingFlags).Namespace && !type.IsNested
                && (type == typeof(RingFlags) || type == typeof(Opcode)
                    || type.StructLayoutAttribute?.Value == LayoutKind.Explicit);
            if (!isKernels) continue;
            foreach (FieldInfo field in type.GetFields(Everything))
            {
                string name = $"{type.Name}.{field.Name}";
                if (field.Name != "value__" && !OursAlone.Contains(name)) Assert.Contains(name, seen);
            }
        }
    }

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    private static Type TypeOf(string name) =>
        typeof(LibC).Assembly.GetType($"{typeof(LibC).Namespace}.{name}")
            ?? typeof(RingFlags).Assembly.GetType(
                $"{typeof(RingFlags).Namespace}.{name}", throwOnError: true)!;

    private static string CompileAndRun()
    {
        string folder = Directory.CreateTempSubdirectory("serval-layout").FullName;
        try
        {
            string binary = Path.Combine(folder, "layout");
            string define = HasSocketCommands() ? "-DHAS_SOCKET_COMMANDS" : "-UHAS_SOCKET_COMMANDS";
            Run("cc", "-std=gnu11", "-Wall", "-Werror", define, "-o", binary, Source());
            return Run(binary);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool HasSocketCommands()
    {
        const string header = "/usr/include/linux/io_uring.h";
        return File.Exists(header) && File.ReadAllText(header).Contains(
            "SOCKET_URING_OP_SETSOCKOPT", StringComparison.Ordinal);
    }

    private static string Source()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Serval.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "native", "layout", "layout.c");
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return text;
    }

    /// <summary>A fact that is skipped, with the reason, where there is no C compiler.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SkippableByCompilerFactAttribute : FactAttribute
    {
        public SkippableByCompilerFactAttribute()
        {
            try
            {
                using Process process = Process.Start(
                    new ProcessStartInfo("cc", "--version") { RedirectStandardOutput = true })!;
                process.WaitForExit();
            }
            catch (Win32Exception)
            {
                Skip = "No C compiler: install gcc and libc6-dev to check the layouts.";
            }
        }
    }
}
