using DiVLA.Control.Cli;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests;

/// <summary>What is promised of the bundle that comes with the repository.</summary>
[TestFixture]
internal sealed class DefaultBundleTests
{
    [Test]
    public async Task DefaultBundle_HasNo_Faults()
    {
        var verify = await Divla.RunAsync("model", "verify", Checkout.DefaultBundle);
        Assert.That(verify.ExitCode, Is.EqualTo(ExitCode.Success), verify.Out + verify.Error);
    }

    // How often it succeeds is for `divla eval` to say; here the run itself has to be right.
    [Test]
    public async Task Demo_OfTwoEpisodes_PlaysBoth()
    {
        var demo = await Divla.RunAsync("demo", "--episodes", "2", "--json", "--bundle", Checkout.DefaultBundle);
        Assert.That(demo.ExitCode, Is.EqualTo(ExitCode.Success), demo.Error);
        var json = demo.LastJson;
        Assert.That(json.GetProperty("episodes").GetInt32(), Is.EqualTo(2));
        Assert.That(json.GetProperty("ticks_due").GetUInt64(), Is.EqualTo(json.GetProperty("commands_sent").GetUInt64() + json.GetProperty("missed").GetUInt64()));
        Assert.That(json.GetProperty("reasoning_phrases").GetInt32(), Is.GreaterThan(0));
        Assert.That(json.GetProperty("inference_faults").GetInt32(), Is.Zero);
    }
}
