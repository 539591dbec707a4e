namespace DiVLA.Control.Service.Tests.Identity;

[TestFixture]
internal sealed class SecurityOptionsTests
{
    private readonly TestCredentials _credentials = new();

    [TearDown]
    public void Delete() => _credentials.Dispose();

    [Test]
    public void Options_AreGood_HaveNoFault()
    {
        Assert.That(_credentials.Security().Validate(), Is.Empty);
    }

    [Test]
    public void Trust_IsInNobody_IsAFault()
    {
        var options = _credentials.Security() with { ClientAuthoritiesFile = null, TokenKeysFile = null };
        Assert.That(options.Validate().Single(), Does.Contain("nobody could be let in"));
    }

    [Test]
    public void Files_CannotBeUsed_AllAreNamed()
    {
        var noKeys = _credentials.PathOf("empty.json");
        File.WriteAllText(noKeys, """{"keys":[]}""");
        var options = new SecurityOptions { CertificateFile = "/nowhere.crt", KeyFile = "/nowhere.key", ClientAuthoritiesFile = noKeys, TokenKeysFile = noKeys };
        Assert.That(options.Validate().Select(fault => fault.Split(':')[0]), Is.EqualTo(["CertificateFile, KeyFile", "ClientAuthoritiesFile", "TokenKeysFile"]));
    }

    [TestCase("http://keys.example", false)]
    [TestCase("https://keys.example", true)]
    [TestCase("http://127.0.0.1:8080", true)]
    public void Authority_InClearText_IsForThisMachineOnly(string authority, bool isGood)
    {
        var options = _credentials.Security() with { TokenKeysFile = null, TokenAuthority = new Uri(authority) };
        Assert.That(options.Validate(), isGood ? Is.Empty : Has.Exactly(1).StartsWith("TokenAuthority"));
    }

    [TestCase("ec")]
    [TestCase("rsa")]
    public void Keys_InPemForm_AreTaken(string kind)
    {
        using System.Security.Cryptography.AsymmetricAlgorithm key = kind == "ec"
            ? System.Security.Cryptography.ECDsa.Create()
            : System.Security.Cryptography.RSA.Create();
        var file = _credentials.PathOf("public.pem");
        File.WriteAllText(file, key.ExportSubjectPublicKeyInfoPem());
        Assert.That((_credentials.Security() with { TokenKeysFile = file }).Validate(), Is.Empty);
    }

    [Test]
    public async Task Service_HasCredentials_ListensBeyondLoopback()
    {
        var options = TestServer.Options with { Security = _credentials.Security(), GrpcEndpoint = new System.Net.IPEndPoint(System.Net.IPAddress.Any, 0) };
        await using var server = await DivlaServer.StartAsync(options, CancellationToken.None);
        Assert.That((server.GrpcAddress.Scheme, server.HttpAddress.Scheme), Is.EqualTo(("https", "https")));
    }
}
