using DiVLA.Control.Client;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Identity.Development;

namespace DiVLA.Control.Service.Tests;

/// <summary>An authority in a folder of its own, and what a test wants from it.</summary>
internal sealed class TestCredentials : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-credentials-");
    private readonly DevelopmentAuthority _authority;

    public TestCredentials() => _authority = DevelopmentAuthority.Create(_folder.FullName, TimeProvider.System.GetUtcNow() - (5 * Life));

    public static Validity Now => Validity.For(Life, TimeProvider.System.GetUtcNow());

    public static Validity Past => new(TimeProvider.System.GetUtcNow() - Life, TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(2));

    public static Validity Future => new(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow() + Life);

    public DevelopmentAuthority Authority => _authority;

    public string AuthorityFile => PathOf(DevelopmentAuthority.AuthorityFile);

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Certificate of a service on this machine, and trust in this authority alone.</summary>
    public SecurityOptions Security()
    {
        var (certificate, key) = _authority.IssueServer("server", ["localhost", "127.0.0.1"], Now, replace: true);
        return new SecurityOptions { CertificateFile = certificate, KeyFile = key, ClientAuthoritiesFile = AuthorityFile, TokenKeysFile = PathOf(DevelopmentAuthority.TokenKeysFile) };
    }

    /// <summary>Trusts the service; says nothing of the caller.</summary>
    public ServiceCredentials Nobody => new() { AuthorityFile = AuthorityFile };

    public ServiceCredentials Certificate(CallerRoles roles, string robots, Validity? validity = null)
    {
        var (certificate, key) = _authority.IssueClient(Holder(roles, robots), validity ?? Now);
        return Nobody with { CertificateFile = certificate, KeyFile = key };
    }

    public ServiceCredentials Token(CallerRoles roles, string robots, Validity? validity = null, string audience = CredentialWords.Audience) =>
        Nobody with { TokenFile = _authority.IssueToken(Holder(roles, robots), validity ?? Now, audience) };

    /// <summary>A token of another content than any authority would sign.</summary>
    public ServiceCredentials Forged(string token)
    {
        var file = PathOf(Path.GetRandomFileName());
        File.WriteAllText(file, token);
        return Nobody with { TokenFile = file };
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    // Files have the holder's name: each holder is another one.
    private static CredentialHolder Holder(CallerRoles roles, string robots) =>
        new($"holder-{Path.GetRandomFileName()}", roles, RobotScope.Of(robots.Split(',', StringSplitOptions.RemoveEmptyEntries))!);
}
