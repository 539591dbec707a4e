using System.CommandLine;
using DiVLA.Control.Client;
using Grpc.Net.Client;

namespace DiVLA.Control.Cli;

/// <summary>Which service a command asks, and as whom. Every option has a variable of the environment that stands in for it.</summary>
/// <remarks>The options name files: what stands on a command line or in a variable's value is read by others too easily to be a secret.</remarks>
internal sealed class ServerSelection
{
    /// <summary>Where a service listens unless it is told otherwise.</summary>
    public static readonly Uri DefaultAddress = new("http://127.0.0.1:5082");

    private readonly Option<Uri> _server = new("--server")
    {
        Description = "Address of the service's gRPC endpoint: https where it asks for credentials. Variable: DIVLA_SERVER.",
        HelpName = "URI",
        DefaultValueFactory = _ => Variable("DIVLA_SERVER") is not { } text ? DefaultAddress
            : Parse(text) ?? throw new ArgumentException($"DIVLA_SERVER: found '{text}', expected an address like {DefaultAddress}"),
        CustomParser = result =>
        {
            if (Parse(result.Tokens[0].Value) is { } address) return address;
            result.AddError($"--server: found '{result.Tokens[0].Value}', expected an address like {DefaultAddress}");
            return null!;
        },
    };

    private readonly Option<string?> _authority = File("--ca", "DIVLA_CA_FILE", "Authorities that the service's certificate may be signed by, in PEM form. Default: those that this machine trusts.");
    private readonly Option<string?> _certificate = File("--cert", "DIVLA_CERT_FILE", "Your certificate in PEM form.");
    private readonly Option<string?> _key = File("--key", "DIVLA_KEY_FILE", "Its private key in PEM form.");
    private readonly Option<string?> _token = File("--token", "DIVLA_TOKEN_FILE", "File with your bearer token.");

    public void AddTo(Command command)
    {
        command.Add(_server);
        command.Add(_authority);
        command.Add(_certificate);
        command.Add(_key);
        command.Add(_token);
    }

    public ServiceTarget Of(ParseResult parsed) => new(parsed.GetRequiredValue(_server), new ServiceCredentials
    {
        AuthorityFile = parsed.GetValue(_authority),
        CertificateFile = parsed.GetValue(_certificate),
        KeyFile = parsed.GetValue(_key),
        TokenFile = parsed.GetValue(_token),
    });

    private static Option<string?> File(string name, string variable, string description) => new(name)
    {
        Description = $"{description} Variable: {variable}.",
        HelpName = "FILE",
        DefaultValueFactory = _ => Variable(variable),
    };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
}

/// <summary>A service, and as whom it is asked.</summary>
/// <param name="Address">Of its gRPC endpoint.</param>
/// <param name="Credentials">Whom to trust and who asks.</param>
internal sealed record ServiceTarget(Uri Address, ServiceCredentials Credentials)
{
    /// <summary>Opens a channel; it connects with the first call.</summary>
    /// <exception cref="ArgumentException">The credentials cannot be used.</exception>
    public GrpcChannel Open() => ServiceChannel.For(Address, Credentials);
}
