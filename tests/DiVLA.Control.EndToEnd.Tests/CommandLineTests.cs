using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests;

[TestFixture]
internal sealed class CommandLineTests
{
    // Nothing listens on the discard port of this machine.
    private const string NoService = "http://127.0.0.1:9";

    [TestCase("")]
    [TestCase("fly")]
    [TestCase("demo --episodes 0")]
    [TestCase("demo --seconds -1")]
    [TestCase("demo --episodes many")]
    [TestCase("demo --family acrobatic")]
    [TestCase("eval --arms 0")]
    [TestCase("record")]
    [TestCase("record somewhere --cameras film")]
    [TestCase("record somewhere --fps 0")]
    [TestCase("record somewhere --family unseen-combination")]
    [TestCase("serve --listen here")]
    [TestCase("serve --provider abacus")]
    [TestCase("sessions --server nowhere")]
    [TestCase("stop")]
    [TestCase("stop panda --all")]
    [TestCase("model build checkpoint-only")]
    [TestCase("reasoning pin")]
    [TestCase("reasoning pin --bin left --phrase words")]
    [TestCase("reasoning pin --bin left --verbatim")]
    [TestCase("eval --pin everything")]
    [TestCase("eval --pin-at 3")]
    [TestCase("eval --pin bin --pin-at soon")]
    [TestCase("eval --pin bin --pin-at 5 --release-at 5")]
    [TestCase("eval --ablate gravity")]
    [TestCase("serve --tls-cert server.crt")]
    [TestCase("serve --client-ca ca.crt")]
    [TestCase("serve --trace-every 0")]
    [TestCase("sessions --token nowhere.token")]
    [TestCase("sessions --server https://127.0.0.1:9 --cert nowhere.crt")]
    [TestCase("certs client pki")]
    [TestCase("certs client pki anna --role emperor --robots *")]
    [TestCase("certs client pki ../anna --role viewer --robots *")]
    [TestCase("certs token pki anna --role viewer --robots a*b")]
    [TestCase("reasoning why")]
    [TestCase("reasoning why --tick 1 --phrase 2")]
    [TestCase("reasoning history --from someday")]
    [TestCase("serve --records-days 0")]
    [TestCase("bench stop --stops 0")]
    public async Task Mistake_OnTheCommandLine_IsUsage(string arguments)
    {
        var divla = await Divla.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.That(divla.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(divla.Error, Is.Not.Empty);
    }

    // What the parser expected is said in words, not in the names of types.
    [TestCase("demo --episodes many", "--episodes: found 'many', expected a whole number")]
    [TestCase("demo --seconds soon", "--seconds: found 'soon', expected a number")]
    [TestCase("demo --seed -1", "--seed: found '-1', expected a whole number from 0 up")]
    [TestCase("eval --arms two", "--arms: found 'two', expected a whole number")]
    [TestCase("serve --provider abacus", "--provider: found 'abacus', expected Cpu, Cuda or TensorRt")]
    [TestCase("reasoning why --tick first", "--tick: found 'first', expected a whole number from 0 up")]
    public async Task Mistake_InAValue_IsSaidInWords(string arguments, string words)
    {
        var divla = await Divla.RunAsync(arguments.Split(' '));
        Assert.That((divla.ExitCode, divla.Error.Trim()), Is.EqualTo((ExitCode.Usage, words)));
    }

    [TestCase("--help")]
    [TestCase("demo --help")]
    [TestCase("model --help")]
    public async Task Help_IsNo_Mistake(string arguments)
    {
        var divla = await Divla.RunAsync(arguments.Split(' '));
        Assert.That(divla.ExitCode, Is.EqualTo(ExitCode.Success));
        Assert.That(divla.Out, Does.Contain("Usage:"));
    }

    // `train` is another program's: its results are files.
    [TestCase("demo")]
    [TestCase("serve")]
    [TestCase("eval")]
    [TestCase("model build")]
    [TestCase("model verify")]
    [TestCase("model inspect")]
    [TestCase("sessions")]
    [TestCase("reasoning get")]
    [TestCase("reasoning watch")]
    [TestCase("reasoning history")]
    [TestCase("reasoning why")]
    [TestCase("watch")]
    [TestCase("bench stop")]
    [TestCase("stop")]
    [TestCase("reset")]
    [TestCase("health")]
    [TestCase("simulate")]
    [TestCase("certs init")]
    [TestCase("certs server")]
    [TestCase("certs client")]
    [TestCase("certs token")]
    public async Task Command_Has_JsonForMachines(string command)
    {
        var help = await Divla.RunAsync([.. command.Split(' '), "--help"]);
        Assert.That(help.Out, Does.Contain("--json"));
    }

    [TestCase("sessions")]
    [TestCase("health")]
    [TestCase("reasoning get")]
    [TestCase("reasoning watch")]
    [TestCase("reasoning pin --bin left")]
    [TestCase("reasoning release")]
    [TestCase("reasoning history")]
    [TestCase("reasoning why --tick 1")]
    [TestCase("watch")]
    [TestCase("stop --all")]
    [TestCase("reset --all")]
    public async Task OperatorCommand_WithoutAService_IsUnavailable(string arguments)
    {
        var divla = await Divla.RunAsync([.. arguments.Split(' '), "--server", NoService]);
        Assert.That(divla.ExitCode, Is.EqualTo(ExitCode.Unavailable), divla.Error);
        Assert.That(divla.Error, Does.Contain("cannot be reached"));
    }

    [Test]
    public async Task Bundle_ThatIsNotThere_IsUnavailable()
    {
        var divla = await Divla.RunAsync("demo", "--bundle", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        Assert.That(divla.ExitCode, Is.EqualTo(ExitCode.Unavailable));
    }

    [Test]
    public async Task Manual_Names_EveryCommand()
    {
        var help = (await Divla.RunAsync("--help")).Out;
        var commands = help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n')[1..]
            .Select(line => line.Trim().Split(' ')[0]).Where(word => word.Length > 0).ToArray();
        Assert.That(commands, Has.Length.GreaterThan(5));
        foreach (var command in commands) Assert.That(Manual.Text, Does.Contain($"`{command}"));
    }
}
