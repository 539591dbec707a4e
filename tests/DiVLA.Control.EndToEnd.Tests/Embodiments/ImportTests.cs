using DiVLA.Control.Cli;
using DiVLA.Control.Cli.Embodiments;
using DiVLA.Control.ModelBuilder.Urdf;
using DiVLA.Control.Robot;

namespace DiVLA.Control.EndToEnd.Tests.Embodiments;

[TestFixture]
internal sealed class ImportTests
{
    // A shoulder that turns without end, and an elbow.
    private const string Arm = """
        <robot name="two-joints">
          <link name="base"/><link name="upper"/><link name="tool"/>
          <joint name="shoulder" type="continuous">
            <parent link="base"/><child link="upper"/><origin xyz="0 0 0.3"/><axis xyz="0 0 1"/><limit effort="9" velocity="1.5"/>
          </joint>
          <joint name="elbow" type="revolute">
            <parent link="upper"/><child link="tool"/><origin xyz="0.5 0 0"/><axis xyz="0 1 0"/><limit lower="-1" upper="2" effort="9" velocity="1.2"/>
          </joint>
        </robot>
        """;

    private static readonly string[] _answers =
    [
        "--make", "Nobody", "--model", "Two", "--range", "shoulder=-3:3", "--acceleration", "5", "--jerk", "50,60", "--mount", "0.1,0,0.2",
        "--tool-offset", "0,0,-0.1,3.14159265,0,0", "--start", "0,0.1", "--gripper-open", "0.08", "--gripper-closed", "0", "--gripper-speed", "0.1",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-import-");

    private string Urdf => Path.Combine(_folder.FullName, "arm.urdf");

    private string Profile => Path.Combine(_folder.FullName, "arm.json");

    [SetUp]
    public void Write() => File.WriteAllText(Urdf, Arm);

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Import_WithNothingElse_NamesAllThatIsMissingAtOnce()
    {
        File.Delete(Profile);
        var import = await Divla.RunAsync("embodiment", "import", Urdf, "--output", Profile);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(import.ExitCode, Is.EqualTo(ExitCode.Usage));
            foreach (var option in (string[])["--make", "--model", "--range", "shoulder", "--acceleration", "--jerk", "--mount", "--tool-offset", "--start", "--gripper-open", "--gripper-closed", "--gripper-speed"])
                Assert.That(import.Error, Does.Contain(option));
            // The file says these.
            Assert.That(import.Error, Does.Not.Contain("--velocity").And.Not.Contain("elbow").And.Not.Contain("--name"));
            Assert.That(Profile, Does.Not.Exist);
        }
    }

    [Test]
    public async Task Import_WithEverything_WritesAProfile()
    {
        var import = await Divla.RunAsync(["embodiment", "import", Urdf, "--output", Profile, "--json", .. _answers]);
        Assert.That(import.ExitCode, Is.EqualTo(ExitCode.Success), import.Error);
        var arm = EmbodimentProfile.Read(Profile);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(arm.Name, Is.EqualTo("two-joints"));
            Assert.That(arm.JointNames, Is.EqualTo(new[] { "shoulder", "elbow" }));
            Assert.That(arm.PositionUpperRad, Is.EqualTo(new[] { 3.0, 2.0 }));
            Assert.That(arm.JerkLimitRadPerS3, Is.EqualTo(new[] { 50.0, 60.0 }));
            Assert.That(import.LastJson.EnumerateObject().Select(field => field.Name), Is.EquivalentTo(Manual.Fields("## `embodiment import --json`")));
            Assert.That(import.LastJson.GetProperty("unreachable_places").GetInt32(), Is.Positive, "two joints reach next to nothing");
        }
    }

    [Test]
    public async Task Import_InWords_SaysWhatIsWrongWithThePosture()
    {
        var import = await Divla.RunAsync(["embodiment", "import", Urdf, "--output", Profile, .. _answers]);
        Assert.That(import.Out, Does.Contain("out of its reach").And.Contain("--mount"));
    }

    [TestCase("--jerk", "1,2,3")]
    [TestCase("--start", "0")]
    [TestCase("--mount", "1,2")]
    public async Task Import_AnAnswerThatDoesNotFit_NamesTheOption(string option, string value)
    {
        string[] others = [.. _answers.Chunk(2).Where(pair => pair[0] != option).SelectMany(pair => pair)];
        var import = await Divla.RunAsync(["embodiment", "import", Urdf, "--output", Profile, .. others, option, value]);
        Assert.That(import.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(import.Error, Does.Contain(option));
    }

    [TestCase("embodiment import")]
    [TestCase("embodiment import arm.urdf")]
    [TestCase("embodiment import arm.urdf --output a.json --jerk fast")]
    [TestCase("embodiment import arm.urdf --output a.json --range shoulder")]
    [TestCase("embodiment import arm.urdf --output a.json --gripper-open 1,2")]
    public async Task Import_Mistyped_IsUsage(string arguments) =>
        Assert.That((await Divla.RunAsync(arguments.Split(' '))).ExitCode, Is.EqualTo(ExitCode.Usage));

    [Test]
    public async Task Import_OfSomethingElse_NamesTheFile()
    {
        await File.WriteAllTextAsync(Urdf, "<robot");
        var import = await Divla.RunAsync(["embodiment", "import", Urdf, "--output", Profile, .. _answers]);
        Assert.That(import.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(import.Error, Does.Contain("arm.urdf"));
    }

    // Somebody at a terminal is asked for one thing after the other, and again where the answer is none.
    [Test]
    public void Dialogue_WithMistakes_AsksAgain()
    {
        var asked = new List<string>();
        var words = new Queue<string>(["Nobody", "", "Two", "3:-3", "-3:3", "5", "50,60", "here", "0.1,0,0.2", "0,0,0.1", "0,0.1", "0.08", "0,1", "0", "0.1"]);
        var import = UrdfImport.Open(Urdf);
        var answers = ImportDialogue.Complete(import, new ImportAnswers(), question =>
        {
            asked.Add(question.Option);
            return words.Dequeue();
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words, Is.Empty);
            Assert.That(asked, Is.EqualTo(new[]
            {
                "--make", "--model", "--model", "--range", "--range", "--acceleration", "--jerk", "--mount", "--mount", "--tool-offset", "--start", "--gripper-open",
                "--gripper-closed", "--gripper-closed", "--gripper-speed",
            }));
            Assert.That(import.Create(answers).RestRad, Is.EqualTo(new[] { 0, 0.1 }));
        }
    }
}
