using System.Runtime.Versioning;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Security;

/// <summary>`divla certs`: what lies in the folder afterwards.</summary>
[TestFixture]
[SupportedOSPlatform("linux")]
internal sealed class CertsTests
{
    private DirectoryInfo _folder = null!;

    private string Pki => Path.Combine(_folder.FullName, "pki");

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("divla-certs-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Secrets_AreReadable_ByTheirOwnerAlone()
    {
        await RunAsync("init", Pki, "--host", "robots.example");
        await RunAsync("client", Pki, "arm-1", "--role", "robot", "--robots", "arm-1");
        await RunAsync("token", Pki, "anna", "--role", "operator", "--role", "viewer", "--robots", "arm-1,cell-*");
        var rights = Directory.GetFiles(Pki).ToDictionary(file => Path.GetFileName(file)!, File.GetUnixFileMode);
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode Everybody = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        Assert.That(rights, Is.EquivalentTo(new Dictionary<string, UnixFileMode>
        {
            ["ca.key"] = Owner,
            ["token-signing.key"] = Owner,
            ["server.key"] = Owner,
            ["arm-1.key"] = Owner,
            ["anna.token"] = Owner,
            ["ca.crt"] = Everybody,
            ["token-keys.json"] = Everybody,
            ["server.crt"] = Everybody,
            ["arm-1.crt"] = Everybody,
        }));
        Assert.That(File.GetUnixFileMode(Pki), Is.EqualTo(Owner | UnixFileMode.UserExecute));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Pki, "token-keys.json")), Does.Not.Contain("\"d\""), "only the public half is published");
    }

    [Test]
    public async Task Files_AreThere_AreOverwrittenOnlyWhenAsked()
    {
        await RunAsync("init", Pki);
        var before = await File.ReadAllTextAsync(Path.Combine(Pki, "server.crt"));
        var again = await Divla.RunAsync("certs", "init", Pki);
        var server = await Divla.RunAsync("certs", "server", Pki);
        Assert.That((again.ExitCode, server.ExitCode), Is.EqualTo((ExitCode.Unavailable, ExitCode.Unavailable)));
        Assert.That(server.Error, Does.Contain("server.key").And.Contain("--replace"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Pki, "server.crt")), Is.EqualTo(before));
        await RunAsync("server", Pki, "--replace");
        Assert.That(await File.ReadAllTextAsync(Path.Combine(Pki, "server.crt")), Is.Not.EqualTo(before));
    }

    [Test]
    public async Task Authority_IsNotThere_IsSaid()
    {
        var client = await Divla.RunAsync("certs", "client", Pki, "anna", "--role", "viewer", "--robots", "*");
        Assert.That(client.ExitCode, Is.EqualTo(ExitCode.Unavailable), client.Error);
        Assert.That(client.Error, Does.Contain("ca.crt"));
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var divla = await Divla.RunAsync(["certs", .. arguments, "--json"]);
        Assert.That(divla.ExitCode, Is.EqualTo(ExitCode.Success), divla.Error);
        Assert.That(divla.LastJson.GetProperty("files").EnumerateArray().Select(file => file.GetString()), Is.All.Matches<string>(File.Exists));
    }
}
