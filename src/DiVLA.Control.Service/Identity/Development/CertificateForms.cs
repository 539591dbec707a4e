using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DiVLA.Control.Service.Identity.Development;

/// <summary>What stands in certificates of each kind, before they are signed.</summary>
internal static class CertificateForms
{
    /// <summary>How long before they are made certificates are valid, for clocks that are behind.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMinutes(5);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = Plain(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return request;
    }

    public static CertificateRequest Server(string name, IEnumerable<string> hosts, ECDsa key)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
            if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        return Leaf(name, ServerAuthentication, names, key);
    }

    public static CertificateRequest Client(CredentialHolder holder, ECDsa key)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var uri in CredentialWords.ToUris(holder.Roles, holder.Robots)) names.AddUri(new Uri(uri));
        return Leaf(holder.Name, ClientAuthentication, names, key);
    }

    private static CertificateRequest Leaf(string name, string purpose, SubjectAlternativeNameBuilder names, ECDsa key)
    {
        var request = Plain(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static CertificateRequest Plain(string name, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
