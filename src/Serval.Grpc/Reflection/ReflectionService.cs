using Google.Protobuf.Reflection;
using Serval.Grpc.Reflection.V1;
using Serval.Grpc.Serving;

namespace Serval.Grpc.Reflection;

/// <summary>Server reflection, so that a client without the proto files can list and describe what is served.
/// The two versions of the protocol have the same bytes and share one implementation.</summary>
public sealed class ReflectionService
{
    private readonly SymbolTable _symbols;
    private readonly IReadOnlyList<string> _serviceNames;

    /// <summary>Describes <paramref name="services"/> and reflection itself.</summary>
    public ReflectionService(IReadOnlyList<GrpcService> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        List<ServiceDescriptor> described =
        [
            .. services.Select(s => s.Descriptor),
            V1.ReflectionReflection.Descriptor.Services[0],
            V1Alpha.ReflectionReflection.Descriptor.Services[0],
        ];
        _symbols = new SymbolTable(described.Select(s => s.File));
        _serviceNames = [.. described.Select(s => s.FullName).Order(StringComparer.Ordinal)];
    }

    /// <summary>The services to serve, one for each version.</summary>
    public IReadOnlyList<GrpcService> Build() =>
    [
        Build(V1.ReflectionReflection.Descriptor.Services[0]),
        Build(V1Alpha.ReflectionReflection.Descriptor.Services[0]),
    ];

    private GrpcService Build(ServiceDescriptor descriptor) => new GrpcService(descriptor)
        .Duplex<ServerReflectionRequest, ServerReflectionResponse>(
            "ServerReflectionInfo", ServerReflectionRequest.Parser, ServeAsync);

    private async Task ServeAsync(
        RequestStream<ServerReflectionRequest> requests,
        ResponseStream<ServerReflectionResponse> responses,
        GrpcCall call)
    {
        while (await requests.ReadAsync(call.Cancel).ConfigureAwait(false) is { } request)
            await responses.WriteAsync(Answer(request), call.Cancel).ConfigureAwait(false);
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                foreach (string name in _serviceNames)
                    response.ListServicesResponse.Service.Add(new ServiceResponse { Name = name });
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AnswerFile(response, _symbols.FindFile(request.FileByFilename), request.FileByFilename);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                AnswerFile(response, _symbols.FindSymbol(request.FileContainingSymbol),
                    request.FileContainingSymbol);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                response.AllExtensionNumbersResponse =
                    new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            default:
                response.ErrorResponse = Error(GrpcStatusCode.NotFound, "there are no extensions");
                break;
        }

        return response;
    }

    private static void AnswerFile(ServerReflectionResponse response, FileDescriptor? file, string name)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(GrpcStatusCode.NotFound, $"{name} is not known here");
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        foreach (FileDescriptor part in SymbolTable.WithImports(file))
            response.FileDescriptorResponse.FileDescriptorProto.Add(part.SerializedData);
    }

    private static ErrorResponse Error(GrpcStatusCode code, string message) =>
        new() { ErrorCode = (int)code, ErrorMessage = message };
}
