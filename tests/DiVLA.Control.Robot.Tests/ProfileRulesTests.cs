namespace DiVLA.Control.Robot.Tests;

[TestFixture]
internal sealed class ProfileRulesTests
{
    private static readonly double[] _identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

    private static EmbodimentProfile Good => new()
    {
        Name = "two-joints",
        Make = "Test [a  b]",
        Model = "Arm",
        JointNames = ["j1", "j2"],
        PositionLowerRad = [-2, -1],
        PositionUpperRad = [2, 1],
        VelocityLimitRadPerS = [1, 1],
        AccelerationLimitRadPerS2 = [5, 5],
        JerkLimitRadPerS3 = [50, 50],
        ControlRateHz = 82,
        Hold = HoldBehaviour.DecelerateAndKeepPosition,
        RestRad = [0, 0.5],
        Mount = _identity,
        Links = [_identity, _identity, _identity],
        Gripper = new GripperProfile(0.08, 0, 0.2, "stopped"),
        StateId = TaskSpaceTerms.StateId,
        LatentId = TaskSpaceTerms.LatentId,
    };

    [Test]
    public void Faults_OfAGoodArm_AreNone()
    {
        Assert.That(ProfileRules.Faults(Good), Is.Empty);
    }

    private static IEnumerable<TestCaseData> Spoilt()
    {
        yield return Case("name", Good with { Name = "../panda" });
        yield return Case("name", Good with { Name = ".hidden" });
        yield return Case("joint_names", Good with { JointNames = ["j1", "j1"] });
        yield return Case("control_rate_hz", Good with { ControlRateHz = 0 });
        yield return Case("position_lower_rad", Good with { PositionLowerRad = [double.NegativeInfinity, -1] });
        yield return Case("position_lower_rad[1]", Good with { PositionLowerRad = [-2, 1] });
        yield return Case("velocity_limit_rad_per_s", Good with { VelocityLimitRadPerS = [1] });
        yield return Case("acceleration_limit_rad_per_s2", Good with { AccelerationLimitRadPerS2 = [5, -5] });
        yield return Case("jerk_limit_rad_per_s3[1]", Good with { JerkLimitRadPerS3 = [50, 4] });
        yield return Case("rest_rad[1]", Good with { RestRad = [0, 1.5] });
        yield return Case("gripper.open_width_m", Good with { Gripper = Good.Gripper with { OpenWidthM = 0 } });
        yield return Case("gripper.speed_m_per_s", Good with { Gripper = Good.Gripper with { SpeedMPerS = double.NaN } });
        yield return Case("mount", Good with { Mount = [1, 2, 3] });
        yield return Case("links", Good with { Links = [_identity, _identity] });
        yield return Case("links[1]", Good with { Links = [_identity, [.. _identity.Select(number => -number)], _identity] });

        static TestCaseData Case(string field, EmbodimentProfile profile) => new TestCaseData(field, profile).SetName($"Faults_OfASpoiltArm_NameTheField({field})");
    }

    [TestCaseSource(nameof(Spoilt))]
    public void Faults_OfASpoiltArm(string field, EmbodimentProfile profile)
    {
        Assert.That(ProfileRules.Faults(profile).Select(fault => fault.Field), Does.Contain(field));
    }

    [Test]
    public void Parse_OfWhatWasWritten_ReadsBackTheSame()
    {
        var text = Good.ToJson();
        var read = EmbodimentProfile.Parse("test", System.Text.Encoding.UTF8.GetBytes(text));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.ToJson(), Is.EqualTo(text));
            Assert.That(read.Make, Is.EqualTo(Good.Make), "a text with brackets and spaces in it stays as it is");
            Assert.That(text, Does.Contain("\"rest_rad\": [0, 0.5],"), "numbers on one line");
            Assert.That(text, Does.Not.Contain("mapping").And.Not.Contain("seal"), "what is not there is not written");
        }
    }

    [TestCase("{}")]
    [TestCase("nonsense")]
    [TestCase("null")]
    public void Parse_OfNoProfile_NamesTheFile(string text)
    {
        var fault = Assert.Throws<InvalidDataException>(() => EmbodimentProfile.Parse("arms/mine.json", System.Text.Encoding.UTF8.GetBytes(text)))!;
        Assert.That(fault.Message, Does.StartWith("arms/mine.json: "));
    }

    [Test]
    public void Parse_OfAProfileThatContradictsItself_NamesEveryField()
    {
        var spoilt = Good with { RestRad = [9, 9], ControlRateHz = -1 };
        var fault = Assert.Throws<InvalidDataException>(() => EmbodimentProfile.Parse("mine.json", System.Text.Encoding.UTF8.GetBytes(spoilt.ToJson())))!;
        Assert.That(fault.Message, Does.Contain("rest_rad[0]").And.Contain("rest_rad[1]").And.Contain("control_rate_hz"));
    }

    [Test]
    public void Seal_OfAProfile_HoldsUntilANumberChanges()
    {
        var closed = EmbodimentSeal.Close(Good, [new EmbodimentFile("embodiment.onnx", 3, new string('a', 64))]);
        var faster = closed with { VelocityLimitRadPerS = [1, 1.0001] };
        var otherFile = closed with { Seal = closed.Seal! with { Files = [new EmbodimentFile("embodiment.onnx", 3, new string('b', 64))] } };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(EmbodimentSeal.RevisionOf(closed), Is.EqualTo(closed.Seal!.Revision));
            Assert.That(EmbodimentSeal.RevisionOf(faster), Is.Not.EqualTo(closed.Seal.Revision));
            Assert.That(EmbodimentSeal.RevisionOf(otherFile), Is.Not.EqualTo(closed.Seal.Revision));
            Assert.That(() => EmbodimentSeal.RevisionOf(Good), Throws.ArgumentException);
        }
    }
}
