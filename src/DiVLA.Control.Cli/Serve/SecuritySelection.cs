using System.CommandLine;
using DiVLA.Control.Service;
using DiVLA.Control.Service.Identity;

namespace DiVLA.Control.Cli.Serve;

/// <summary>How the service shows who it is, and whose credentials it takes. Without any of these it serves loopback, in clear text, and asks nobody.</summary>
internal sealed class SecuritySelection
{
    private readonly Option<string?> _certificate = File("--tls-cert", "The service's certificate in PEM form, intermediate certificates behind it. Turns TLS on for both addresses, and asks callers who they are.");
    private readonly Option<string?> _key = File("--tls-key", "The certificate's private key in PEM form.");
    private readonly Option<string?> _authorities = File("--client-ca", "Authorities whose client certificates are accepted, in PEM form.");
    private readonly Option<string?> _tokenKeys = File("--token-keys", "Public keys whose tokens are accepted: a JSON Web Key Set, or one key in PEM form.");
    private readonly Option<Uri?> _tokenAuthority = new("--token-authority") { Description = "OpenID Connect authority whose tokens are accepted.", HelpName = "URI" };
    private readonly Option<string?> _tokenIssuer = new("--token-issuer") { Description = "Who must have issued a token.", HelpName = "TEXT" };

    private readonly Option<string> _tokenAudience = new("--token-audience")
    {
        Description = "Whom a token must be for.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => CredentialWords.Audience,
    };

    public void AddTo(Command command)
    {
        foreach (var option in Trust().Prepend(_key).Prepend(_certificate)) command.Add(option);
        command.Add(_tokenIssuer);
        command.Add(_tokenAudience);
        command.Validators.Add(result =>
        {
            var (hasCertificate, hasKey) = (result.GetResult(_certificate) is not null, result.GetResult(_key) is not null);
            if (hasCertificate != hasKey) result.AddError("--tls-cert and --tls-key need each other.");
            if (!hasCertificate && Trust().Any(option => result.GetResult(option) is not null))
                result.AddError("Credentials are not taken in clear text: --client-ca, --token-keys and --token-authority need --tls-cert and --tls-key.");
        });
    }

    /// <summary>Null where the service asks nobody who they are.</summary>
    public SecurityOptions? Of(ParseResult parsed) => parsed.GetValue(_certificate) is not { } certificate ? null : new SecurityOptions
    {
        CertificateFile = certificate,
        KeyFile = parsed.GetValue(_key)!,
        ClientAuthoritiesFile = parsed.GetValue(_authorities),
        TokenKeysFile = parsed.GetValue(_tokenKeys),
        TokenAuthority = parsed.GetValue(_tokenAuthority),
        TokenIssuer = parsed.GetValue(_tokenIssuer),
        TokenAudience = parsed.GetRequiredValue(_tokenAudience),
    };

    private IEnumerable<Option> Trust() => [_authorities, _tokenKeys, _tokenAuthority];

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}
