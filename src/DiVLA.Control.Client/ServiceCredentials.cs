using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DiVLA.Control.Client;

/// <summary>By which files a caller knows the service, and shows it who calls.</summary>
/// <remarks>
/// Certificate and key are read again for every connection, a token for every call: what renews them in place renews them for a program that runs.
/// </remarks>
public sealed record ServiceCredentials
{
    /// <summary>No files at all: for a service on this machine that asks nobody, or one whose certificate this machine trusts anyway.</summary>
    public static ServiceCredentials None { get; } = new();

    /// <summary>Authorities that the service's certificate may be signed by, in PEM form; null for those that this machine trusts.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The caller's certificate in PEM form; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key in PEM form.</summary>
    public string? KeyFile { get; init; }

    /// <summary>File with a bearer token, and nothing else; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Everything that is wrong with these files for calls to an address.</summary>
    public IEnumerable<string> Faults(Uri address)
    {
        if (this != None && address.Scheme != Uri.UriSchemeHttps)
            yield return $"{address} is no https address: credentials are not sent in clear text";
        if (CertificateFile is null != KeyFile is null) yield return "a certificate and its key are needed together, and one is missing";
        foreach (var file in new[] { AuthorityFile, CertificateFile, KeyFile, TokenFile }.OfType<string>())
            if (FaultOf(file) is { } fault) yield return fault;
    }

    /// <summary>The caller's certificate with its key, as of now.</summary>
    internal X509Certificate2 ReadCertificate() => X509Certificate2.CreateFromPemFile(CertificateFile!, KeyFile);

    /// <summary>The token, as of now.</summary>
    internal async Task<string> ReadTokenAsync(CancellationToken cancellation) => (await File.ReadAllTextAsync(TokenFile!, cancellation)).Trim();

    /// <summary>The authorities of the service.</summary>
    internal X509Certificate2Collection ReadAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(AuthorityFile!);
        return authorities;
    }

    private string? FaultOf(string file)
    {
        try
        {
            if (file == AuthorityFile) return ReadAuthorities().Count > 0 ? null : $"{file}: found no certificate in PEM form";
            if (file == CertificateFile && KeyFile is not null) ReadCertificate().Dispose();
            else File.OpenRead(file).Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"{file}: {error.Message}";
        }
    }
}
