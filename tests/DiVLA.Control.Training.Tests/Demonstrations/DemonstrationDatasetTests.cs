using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Demonstrations;

namespace DiVLA.Control.Training.Tests.Demonstrations;

internal sealed class DemonstrationDatasetTests
{
    private static readonly EmbodimentProfile _arm = ArmProfiles.Panda;
    private static readonly ArmKinematics _kinematics = _arm.CreateKinematics();

    // A row's action is where the arm shall be at the next row: the commanded pose of row i is that of action i - 1.
    [TestCase(82)]
    [TestCase(41)]
    public void At_AnyRow_GivesTheCommandsThatFollowed(int fps)
    {
        using var recording = new ExpertRecording(fps);
        var data = Open(recording);
        var ticksPerRow = 82 / fps;
        for (var row = 1; row < 50; row += 7)
        {
            var demonstration = data.At(row);
            AssertPose(demonstration.Commanded, recording.Commands[row * ticksPerRow - 1].Joints, 1e-5);
            AssertPose(demonstration.Measured, recording.States[row].Joints, 1e-5);
            for (var h = 0; h < SampleGenerator.Horizon; h++)
            {
                var expected = recording.Commands[row * ticksPerRow - 1 + (h + 1) * SampleGenerator.SamplePeriodTicks];
                AssertPose(demonstration.Future[h].Tool, expected.Joints, 1e-5);
                Assert.That(demonstration.Future[h].IsOpen, Is.EqualTo(expected.GripperWidth > 0.04));
            }
        }
    }

    [Test]
    public void CommandedAt_BetweenTwoRows_IsBetweenTheirCommands()
    {
        using var recording = new ExpertRecording();
        var data = Open(recording);
        var joints = new double[7];
        data.Arm.CommandedAt(data.Dataset.Episodes[0], 40, 2.25 / 82, joints);
        var (before, after) = (recording.Commands[41].Joints, recording.Commands[42].Joints);
        Assert.That(joints, Is.EqualTo(Enumerable.Range(0, 7).Select(joint => before[joint] + 0.25 * (after[joint] - before[joint]))).Within(1e-6));
    }

    [Test]
    public void At_AnEpisodesFirstRow_StartsWhereTheArmWasMeasured()
    {
        using var recording = new ExpertRecording();
        AssertPose(Open(recording).At(0).Commanded, recording.States[0].Joints, 1e-5);
    }

    [Test]
    public void At_AnEpisodesLastRow_StaysAtTheLastCommand()
    {
        using var recording = new ExpertRecording(82, null, 1, 90, 80);
        var last = Open(recording).At(169);
        foreach (var (tool, _) in last.Future) AssertPose(tool, recording.Commands[79].Joints, 1e-5);
    }

    [Test]
    public void At_ARow_KnowsInstructionPhraseAndGripper()
    {
        using var recording = new ExpertRecording(rows: 300);
        var data = Open(recording);
        Assert.Multiple(() =>
        {
            Assert.That(data.At(10).Instruction, Is.EqualTo("put the red cube in the left bin"));
            Assert.That(data.At(10).Phrase, Is.Null);
            Assert.That(data.At(41).Phrase, Is.EqualTo(ExpertRecording.Phrase));
            foreach (var (state, row) in recording.States.Select((state, row) => (state, row)))
            {
                Assert.That(data.At(row).IsHolding, Is.EqualTo(state.IsHolding));
                Assert.That(data.At(row).GripperWidth, Is.EqualTo(state.GripperWidth).Within(1e-6));
            }
            Assert.That(recording.States.Exists(state => state.IsHolding), "the expert gets to hold something");
        });
    }

    [Test]
    public void At_WithoutAHoldingColumn_TellsByTheGripper()
    {
        using var recording = new ExpertRecording(82, specification => specification.Features.Remove(RobotSchema.Holding), 1, 300);
        var data = Open(recording);
        var agreeing = recording.States.Select((state, row) => data.At(row).IsHolding == state.IsHolding).Count(same => same);
        // A tenth of a second passes until a gripper is seen to stand still.
        Assert.That(agreeing, Is.GreaterThan(285));
    }

    [Test]
    public void At_InDegrees_IsTheSame()
    {
        using var recording = new ExpertRecording(angleScale: 180 / Math.PI);
        AssertPose(Open(recording, new ColumnMap { JointUnit = AngleUnit.Deg }).At(30).Measured, recording.States[30].Joints, 1e-4);
    }

    [Test]
    public void Open_OtherNamesWithAMap_FindsThem()
    {
        string[] names = ["a", "b", "c", "d", "e", "f", "g"];
        using var recording = new ExpertRecording(82, specification =>
        {
            specification.Features[FeatureNames.State] = Feature.Vector("float32", [.. names, "hand"]);
            specification.Features[FeatureNames.Action] = Feature.Vector("float32", [.. names, "hand"]);
        });
        AssertPose(Open(recording, new ColumnMap { Joints = names, Gripper = "hand" }).At(30).Measured, recording.States[30].Joints, 1e-5);
    }

    [Test]
    public void Open_WithoutWhatThePolicyNeeds_NamesAllOfItAndWhatIsThere()
    {
        using var recording = new ExpertRecording(82, specification =>
        {
            specification.Features[FeatureNames.State] = Feature.Vector("float32", ["a", "b", "c", "d", "e", "f", "g", "gripper"]);
            specification.Features.Insert(specification.Features.IndexOf("observation.images.front"), "observation.images.top", specification.Features["observation.images.front"]);
            specification.Features.Remove("observation.images.front");
        });
        var rejected = Assert.Throws<DatasetRejectedException>(() => Open(recording))!;
        Assert.That(rejected.Faults.Select(fault => fault.Column), Is.EqualTo(new[] { "observation.state", "observation.images.front" }));
        Assert.That(rejected.Message, Does.Contain("has no panda_joint1").And.Contain("found a, b, c, d, e, f, g, gripper").And.Contain("found observation.images.top, observation.images.wrist"));
    }

    [Test]
    public void Open_AnEpisodeShorterThanTheHorizon_NamesIt()
    {
        using var recording = new ExpertRecording(82, null, 1, 90, 63);
        var fault = Assert.Throws<DatasetRejectedException>(() => Open(recording))!.Faults.Single();
        Assert.That((fault.Row, fault.Column), Is.EqualTo((1L, "length")));
        Assert.That(fault.Problem, Does.StartWith("episode 1 has 63 rows at 82 a second, shorter than the policy's horizon of 0.78 s"));
    }

    [Test]
    public void Read_AMapWithAMemberThatNoMapHas_IsRefused()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, """{ "joint_unit": "deg", "jionts": [] }""");
        Assert.That(() => ColumnMap.Read(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("jionts"));
        File.Delete(path);
    }

    private static DemonstrationDataset Open(ExpertRecording recording, ColumnMap? map = null) =>
        DemonstrationDataset.Open(recording.Root, map ?? new ColumnMap(), _arm, TestConfiguration.Tiny.Cameras);

    private static void AssertPose(RigidTransform found, JointPositions joints, double tolerance)
    {
        var expected = _kinematics.ToolPose(joints.AsSpan());
        Assert.That((found.Origin - expected.Origin).Length, Is.LessThan(tolerance));
        Assert.That(RotationVector.Between(found, expected).Length, Is.LessThan(10 * tolerance));
    }
}
