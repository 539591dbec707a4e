using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Demo;

/// <summary>The whole way, from camera to joint, over real gRPC on loopback and in real time. Only what must hold on any machine is asserted.</summary>
[TestFixture]
internal sealed class DemoTests
{
    private Divla _demo = null!;
    private string _frames = null!;

    [OneTimeSetUp]
    public async Task RunOnce()
    {
        _frames = Directory.CreateTempSubdirectory("divla-frames-").FullName;
        _demo = await Divla.RunAsync(
            "demo", "--seconds", "9", "--seed", "5", "--json", "--family", "direct,inferential", "--bundle", RandomBundle.Directory, "--save-frames", _frames);
    }

    [OneTimeTearDown]
    public void DeleteFrames() => Directory.Delete(_frames, recursive: true);

    [Test]
    public void Demo_OfSomeSeconds_EndsWell()
    {
        Assert.That(_demo.ExitCode, Is.EqualTo(ExitCode.Success), _demo.Error);
    }

    [Test]
    public void Json_OfADemo_IsOneLine()
    {
        Assert.That(_demo.Out.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public void Ticks_Due_AreSentOrMissed()
    {
        var json = _demo.LastJson;
        Assert.That(Number("ticks_due"), Is.EqualTo(Number("commands_sent") + Number("missed")));
        Assert.That(json.GetProperty("ticks_due").GetUInt64(), Is.GreaterThanOrEqualTo(9 * 82));
    }

    [Test]
    public void Commands_Sent_EachStandOnOneRung()
    {
        Assert.That(Number("commands_sent"), Is.EqualTo(Number("fresh") + Number("reused") + Number("hold") + Number("stopped")));
    }

    [Test]
    public void WarmUp_IsPartOf_Hold()
    {
        Assert.That(Number("warm_up_ticks"), Is.LessThanOrEqualTo(Number("hold")));
    }

    [Test]
    public void Run_WithoutLoss_IsOneSession()
    {
        Assert.That(Number("sessions"), Is.EqualTo(1));
    }

    // Random weights move nothing into a bin, so the first episode ends by its limit of 8 s and the second is cut off.
    [Test]
    public void Episodes_AreCounted_WhereTheyEnded()
    {
        Assert.That(Number("episodes"), Is.EqualTo(1));
        Assert.That(Number("successes"), Is.Zero);
        var families = _demo.LastJson.GetProperty("families").EnumerateArray().Select(family => family.GetProperty("family").GetString());
        Assert.That(families, Is.EqualTo(new[] { "direct", "inferential" }));
    }

    [Test]
    public void Seed_IsThatOf_TheCommandLine()
    {
        Assert.That(Number("seed"), Is.EqualTo(5));
    }

    [Test]
    public void Stages_OfTheModelPath_AreAllMeasured()
    {
        var stages = _demo.LastJson.GetProperty("stage_ms").EnumerateObject().Select(stage => stage.Name).ToArray();
        Assert.That(stages, Is.SupersetOf(new[] { "decode", "embodiment_in", "backbone", "diffusion", "embodiment_out" }));
    }

    [Test]
    public void Percentiles_OfLateness_Rise()
    {
        var lateness = _demo.LastJson.GetProperty("lateness_us");
        var values = new[] { "p50", "p90", "p99", "p999", "max" }.Select(name => lateness.GetProperty(name).GetDouble());
        Assert.That(values, Is.Ordered);
    }

    [Test]
    public void Fields_OfTheSummary_AreThoseOfTheManual()
    {
        Assert.That(_demo.LastJson.EnumerateObject().Select(field => field.Name), Is.EquivalentTo(Manual.Fields("## `demo --json`")));
    }

    // What the operating system grants differs from machine to machine; that nothing is kept quiet does not.
    [Test]
    public void RealTimeMeasures_ThatWereRefused_AreSaidAloud()
    {
        foreach (var denied in _demo.LastJson.GetProperty("realtime_denied").EnumerateArray())
            Assert.That(_demo.Error, Does.Contain($"Not permitted: {denied.GetString()}"));
    }

    [Test]
    public void Frames_OfEveryFinishedEpisode_AreSaved()
    {
        Assert.That(Directory.GetFiles(Path.Combine(_frames, "episode-001"), "front-*.png"), Is.Not.Empty);
        Assert.That(Directory.GetFiles(Path.Combine(_frames, "episode-001"), "wrist-*.png"), Is.Not.Empty);
        Assert.That(Path.Combine(_frames, "contact-sheet.png"), Does.Exist);
    }

    private double Number(string field) => _demo.LastJson.GetProperty(field).GetDouble();
}
