using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace DiVLA.Control.Service.Identity.Development;

/// <summary>The key that tokens are signed with, and what is published of it.</summary>
internal static class TokenKeys
{
    /// <summary>The key with the id that tokens name it by.</summary>
    public static ECDsaSecurityKey Of(ECDsa key)
    {
        var security = new ECDsaSecurityKey(key);
        security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint());
        return security;
    }

    /// <summary>The public half as a JSON Web Key Set.</summary>
    public static string ToJson(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new Dictionary<string, string>
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64UrlEncoder.Encode(point.X),
            ["y"] = Base64UrlEncoder.Encode(point.Y),
            ["use"] = "sig",
            ["alg"] = SecurityAlgorithms.EcdsaSha256,
            ["kid"] = Of(key).KeyId,
        };
        return JsonSerializer.Serialize(new { keys = new[] { jwk } }) + "\n";
    }
}
