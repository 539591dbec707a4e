using System.Runtime.Versioning;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>The unit, checked by systemd's own tools and against the program.</summary>
[TestFixture]
[SupportedOSPlatform("linux")]
internal sealed class SystemdTests
{
    private const string Unit = "deploy/systemd/divla-control.service";
    private const string Program = "/opt/divla-control/divla";
    private readonly string _text = File.ReadAllText(Path.Combine(Checkout.Root, Unit));
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("divla-unit-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Unit_IsVerified_WithoutComplaint()
    {
        var (exitCode, output) = await Tool.RunAsync("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", Installable());
        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output.Trim(), Is.Empty);
    }

    [Test]
    public async Task Account_IsMade_AsTheUnitNamesIt()
    {
        const string Accounts = "deploy/systemd/divla-control.sysusers";
        var (exitCode, output) = await Tool.RunAsync("systemd-sysusers", "--dry-run", Path.Combine(Checkout.Root, Accounts));
        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Not.Contain("ignoring"), "lines that it does not understand are only mentioned");
        var line = File.ReadAllLines(Path.Combine(Checkout.Root, Accounts)).Single(line => !line.StartsWith('#'));
        Assert.That((line.Split(' ')[1], line.Split(' ')[1]), Is.EqualTo((ValueOf("User"), ValueOf("Group"))));
        Assert.That(line, Does.EndWith(ValueOf("WorkingDirectory")));
    }

    // 0 is no exposure at all, 10 a service without any bound.
    [Test]
    public async Task Unit_IsBounded()
    {
        var (exitCode, output) = await Tool.RunAsync("systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", Installable());
        Assert.That(exitCode, Is.Zero, output);
    }

    [Test]
    public async Task Command_IsUnderstood()
    {
        var command = ValueOf("ExecStart").Split(' ').Where(word => !word.StartsWith('$')).ToArray();
        Assert.That(command[0], Is.EqualTo(Program));
        await Arguments.AssertAreKnownAsync(command[1..]);
        var options = File.ReadAllText(Path.Combine(Checkout.Root, "deploy/systemd/environment")).Split("DIVLA_SERVE_OPTIONS=")[1].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        await Arguments.AssertAreKnownAsync(["serve", .. options]);
    }

    [Test]
    public void Service_MayRun_InRealTime()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ValueOf("LimitRTPRIO"), Is.EqualTo("80"));
            Assert.That(ValueOf("LimitMEMLOCK"), Is.EqualTo("infinity"));
            Assert.That(_text, Does.Not.Contain("RestrictRealtime=true").And.Not.Contain("MemoryDenyWriteExecute=true"));
        }
    }

    [Test]
    public void Service_IsReady_WhenItSaysSo()
    {
        Assert.That(ValueOf("Type"), Is.EqualTo("notify"));
    }

    // The program is not installed here; that it is there is all that the check wants of it.
    private string Installable()
    {
        var program = Path.Combine(_folder.FullName, "divla");
        File.WriteAllText(program, "#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var unit = Path.Combine(_folder.FullName, Path.GetFileName(Unit));
        File.WriteAllText(unit, _text.Replace(Program, program, StringComparison.Ordinal));
        return unit;
    }

    private string ValueOf(string name) =>
        _text.Split('\n').Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
}
