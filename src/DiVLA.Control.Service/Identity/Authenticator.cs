namespace DiVLA.Control.Service.Identity;

/// <summary>Says who calls, by the token or the certificate that came with the request.</summary>
internal sealed class Authenticator(ClientCertificates certificates, BearerTokens tokens)
{
    private const string Bearer = "Bearer ";

    /// <summary>Checks the credential of a request. A token that was sent decides alone: where it is wrong, no certificate makes up for it.</summary>
    public async Task<CredentialVerdict> CheckAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return await tokens.CheckAsync(header[Bearer.Length..].Trim());
        if (header.Length > 0) return CredentialVerdict.Refuse(CredentialOutcome.Malformed, "the 'authorization' header is not of the kind 'Bearer'");
        return context.Connection.ClientCertificate is { } certificate
            ? certificates.Check(certificate)
            : CredentialVerdict.Refuse(CredentialOutcome.Missing, "a client certificate or a bearer token is needed");
    }
}
