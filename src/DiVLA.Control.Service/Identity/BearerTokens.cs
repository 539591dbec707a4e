using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DiVLA.Control.Service.Identity;

/// <summary>Says who the bearer of a token is: JSON Web Tokens, signed by a key from a file or by an authority that publishes its keys.</summary>
internal sealed class BearerTokens
{
    private static readonly TimeSpan LongestFetch = TimeSpan.FromSeconds(5);

    // Signatures that only the owner of a private key can make. 'none' and shared secrets are not among them.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly SecurityOptions _options;
    private readonly TimeProvider _clock;
    private readonly WatchedFiles<SecurityKey[]>? _keys;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _authority;

    public BearerTokens(SecurityOptions options, TimeProvider clock, ILogger<BearerTokens> logger)
    {
        (_options, _clock) = (options, clock);
        if (options.TokenKeysFile is { } file)
            _keys = new([file], () => Read(file), (files, error) => IdentityLines.NotReadAgain(logger, error, files));
        if (options.TokenAuthority is { } authority)
            _authority = new(Discovery(authority), new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever(Http()) { RequireHttps = !authority.IsLoopback });
    }

    /// <summary>Reads public keys: a JSON Web Key Set, or one key in PEM form.</summary>
    /// <exception cref="CryptographicException">There is no key in the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SecurityKey[] Read(string file)
    {
        var text = File.ReadAllText(file);
        SecurityKey[] keys = text.TrimStart().StartsWith('{') ? FromJson(file, text) : [FromPem(file, text)];
        return keys.Length > 0 ? keys : throw new CryptographicException($"{file} has no key that tokens can be verified with");
    }

    /// <summary>Checks a token.</summary>
    public async Task<CredentialVerdict> CheckAsync(string token)
    {
        if (_keys is null && _authority is null) return CredentialVerdict.Refuse(CredentialOutcome.Untrusted, "tokens are not taken here");
        if (!_handler.CanReadToken(token)) return CredentialVerdict.Refuse(CredentialOutcome.Malformed, "the token is not a JSON Web Token");
        if (await ParametersAsync() is not { } parameters)
            return CredentialVerdict.Refuse(CredentialOutcome.Unverifiable, "the token's authority cannot be reached");
        var result = await _handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid) return Refuse(result.Exception);
        var read = (JsonWebToken)result.SecurityToken;
        if (read.ValidTo == default) return CredentialVerdict.Refuse(CredentialOutcome.Malformed, "the token has no 'exp'");
        return CredentialVerdict.OfTime("token", Utc(read.ValidFrom), Utc(read.ValidTo), _clock.GetUtcNow()) ?? Identify(read);
    }

    // An authority that knows the key of a token only by now is asked again, at most every few minutes; that is the manager's part.
    private async Task<TokenValidationParameters?> ParametersAsync()
    {
        var parameters = new TokenValidationParameters
        {
            ValidAlgorithms = Algorithms,
            ValidAudience = _options.TokenAudience,
            ValidIssuer = _options.TokenIssuer,
            ValidateIssuer = _options.TokenIssuer is not null || _authority is not null,
            IssuerSigningKeys = _keys?.Current,
            // By our own clock, below.
            ValidateLifetime = false,
        };
        if (_authority is null) return parameters;
        try
        {
            await _authority.GetConfigurationAsync(CancellationToken.None);
            parameters.ConfigurationManager = _authority;
            return parameters;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static CredentialVerdict Refuse(Exception fault) => fault switch
    {
        SecurityTokenInvalidAudienceException => CredentialVerdict.Refuse(CredentialOutcome.Untrusted, "the token is for another audience"),
        SecurityTokenInvalidIssuerException => CredentialVerdict.Refuse(CredentialOutcome.Untrusted, "the token is from another issuer"),
        SecurityTokenInvalidAlgorithmException => CredentialVerdict.Refuse(CredentialOutcome.Untrusted, "the token is not signed with one of the algorithms that are taken"),
        SecurityTokenMalformedException => CredentialVerdict.Refuse(CredentialOutcome.Malformed, "the token is not a JSON Web Token"),
        _ => CredentialVerdict.Refuse(CredentialOutcome.Untrusted, "the token is not signed by a key that is trusted"),
    };

    private static CredentialVerdict Identify(JsonWebToken token) =>
        CredentialWords.TryFromWords(Texts(token, CredentialWords.RolesClaim), Texts(token, CredentialWords.RobotsClaim), out var roles, out var robots)
            ? CredentialVerdict.Accept(new Caller(token.Subject ?? "nameless", roles, robots, Utc(token.ValidTo)))
            : CredentialVerdict.Refuse(CredentialOutcome.Malformed, "the token says roles or robots that make no sense");

    private static IEnumerable<string> Texts(JsonWebToken token, string claim) => token.Claims.Where(each => each.Type == claim).Select(each => each.Value);

    private static SecurityKey[] FromJson(string file, string text)
    {
        try
        {
            return [.. new JsonWebKeySet(text).GetSigningKeys()];
        }
        catch (ArgumentException error)
        {
            throw new CryptographicException($"{file} is not a JSON Web Key Set", error);
        }
    }

    private static SecurityKey FromPem(string file, string text)
    {
        try
        {
            if (TryEllipticCurve(text) is { } curve) return curve;
            var rsa = RSA.Create();
            rsa.ImportFromPem(text);
            return new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false));
        }
        catch (ArgumentException error)
        {
            throw new CryptographicException($"{file} is neither a JSON Web Key Set nor a public key in PEM form", error);
        }
    }

    private static ECDsaSecurityKey? TryEllipticCurve(string text)
    {
        var curve = ECDsa.Create();
        try
        {
            curve.ImportFromPem(text);
            return new ECDsaSecurityKey(curve);
        }
        catch (CryptographicException)
        {
            curve.Dispose();
            return null;
        }
    }

    private static HttpClient Http() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10) }) { Timeout = LongestFetch };

    private static string Discovery(Uri authority) => $"{authority.ToString().TrimEnd('/')}/.well-known/openid-configuration";

    private static DateTimeOffset Utc(DateTime instant) => new(DateTime.SpecifyKind(instant, DateTimeKind.Utc));
}
