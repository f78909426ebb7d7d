using Google.Protobuf.Reflection;

namespace Serval.Grpc.Reflection;

/// <summary>Which proto file declares a name, for every name that a server's services reach.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);

    public SymbolTable(IEnumerable<FileDescriptor> roots)
    {
        foreach (FileDescriptor root in roots)
            AddFile(root);
    }

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string name) => _symbols.GetValueOrDefault(name.TrimStart('.'));

    /// <summary>A file and all it imports, the file first.</summary>
    public static IReadOnlyList<FileDescriptor> WithImports(FileDescriptor file)
    {
        var found = new List<FileDescriptor> { file };
        for (int i = 0; i < found.Count; i++)
        {
            foreach (FileDescriptor import in found[i].Dependencies)
            {
                if (!found.Contains(import))
                    found.Add(import);
            }
        }

        return found;
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
            return;
        foreach (FileDescriptor import in file.Dependencies)
            AddFile(import);
        foreach (ServiceDescriptor service in file.Services)
        {
            _symbols.TryAdd(service.FullName, file);
            foreach (MethodDescriptor method in service.Methods)
                _symbols.TryAdd(method.FullName, file);
        }

        AddEnums(file.EnumTypes, file);
        foreach (MessageDescriptor message in file.MessageTypes)
            AddMessage(message, file);
    }

    private void AddMessage(MessageDescriptor message, FileDescriptor file)
    {
        _symbols.TryAdd(message.FullName, file);
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
            _symbols.TryAdd(field.FullName, file);
        AddEnums(message.EnumTypes, file);
        foreach (MessageDescriptor nested in message.NestedTypes)
            AddMessage(nested, file);
    }

    private void AddEnums(IList<EnumDescriptor> enums, FileDescriptor file)
    {
        foreach (EnumDescriptor type in enums)
            _symbols.TryAdd(type.FullName, file);
    }
}
