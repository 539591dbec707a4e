using DiVLA.Control.ModelBuilder.Urdf;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Tests.Urdf;

/// <summary>A URDF becomes a profile: what it says is taken over exactly, what it does not say is asked for.</summary>
[TestFixture]
internal sealed class UrdfImportTests
{
    // Three joints about three different axes, fixed joints between them, two fingers of which one follows the other.
    private const string Arm = """
        <?xml version="1.0"?>
        <robot name="little-arm">
          <material name="grey"><color rgba="1 1 1 1"/></material>
          <link name="world"/>
          <link name="base"/>
          <link name="shoulder"/>
          <link name="upper"/>
          <link name="adapter"/>
          <link name="forearm"/>
          <link name="flange"/>
          <link name="hand"/>
          <link name="left"/>
          <link name="right"/>
          <joint name="fix_base" type="fixed"><parent link="world"/><child link="base"/><origin xyz="0 0 0.1"/></joint>
          <joint name="j1" type="revolute">
            <parent link="base"/><child link="shoulder"/><origin xyz="0 0 0.3" rpy="0 0 0"/><axis xyz="0 0 1"/>
            <limit lower="-2.9" upper="2.8" effort="50" velocity="1.5"/>
          </joint>
          <joint name="j2" type="revolute">
            <parent link="shoulder"/><child link="upper"/><origin xyz="0 0.05 0" rpy="0.2 -0.3 0.4"/><axis xyz="0 -2 0"/>
            <limit lower="-1.5" upper="1.6" effort="50" velocity="1.25"/>
          </joint>
          <joint name="spacer" type="fixed"><parent link="upper"/><child link="adapter"/><origin xyz="0 0 0.4" rpy="0 0 1.2"/></joint>
          <joint name="j3" type="continuous">
            <parent link="adapter"/><child link="forearm"/><origin xyz="0.1 0 0" rpy="-0.5 0 0"/><axis xyz="1 1 0"/>
            <limit effort="20" velocity="2"/>
          </joint>
          <joint name="to_flange" type="fixed"><parent link="forearm"/><child link="flange"/><origin xyz="0 0 0.2"/></joint>
          <joint name="to_hand" type="fixed"><parent link="flange"/><child link="hand"/></joint>
          <joint name="finger" type="prismatic"><parent link="hand"/><child link="left"/><axis xyz="0 1 0"/><limit lower="0" upper="0.04" velocity="0.2"/></joint>
          <joint name="other_finger" type="prismatic"><parent link="hand"/><child link="right"/><axis xyz="0 -1 0"/><limit lower="0" upper="0.04" velocity="0.2"/><mimic joint="finger"/></joint>
        </robot>
        """;

    private static readonly ImportAnswers _answers = new()
    {
        Make = "Test",
        Model = "Little",
        ToolLink = "hand",
        Mount = [0.1, 0, 0.05, 0, 0, 0.3],
        ToolOffset = [0, 0, 0.1],
        Start = [0.1, -0.2, 0.3],
        Ranges = new Dictionary<string, JointRange> { ["j3"] = new(-3.1, 3.1) },
        Acceleration = [5],
        Jerk = [50, 60, 70],
        GripperOpen = 0.08,
        GripperClosed = 0,
        GripperSpeed = 0.2,
    };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Create_OfAWholeArm_TakesNamesAndLimitsOver()
    {
        var profile = Open(Arm).Create(_answers);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(profile.Name, Is.EqualTo("little-arm"));
            Assert.That(profile.JointNames, Is.EqualTo(new[] { "j1", "j2", "j3" }));
            Assert.That(profile.PositionLowerRad, Is.EqualTo(new[] { -2.9, -1.5, -3.1 }));
            Assert.That(profile.PositionUpperRad, Is.EqualTo(new[] { 2.8, 1.6, 3.1 }));
            Assert.That(profile.VelocityLimitRadPerS, Is.EqualTo(new[] { 1.5, 1.25, 2 }));
            Assert.That(profile.AccelerationLimitRadPerS2, Is.EqualTo(new[] { 5, 5, 5 }), "one number for all joints");
            Assert.That(profile.JerkLimitRadPerS3, Is.EqualTo(new[] { 50, 60, 70 }));
            Assert.That((profile.StateId, profile.LatentId), Is.EqualTo((TaskSpaceTerms.StateId, TaskSpaceTerms.LatentId)));
            Assert.That(ProfileRules.Faults(profile), Is.Empty);
        }
    }

    // Another way to the same pose: joint by joint, each turned about its own axis as the file has it.
    [TestCase(0, 0, 0)]
    [TestCase(0.7, -0.4, 1.9)]
    [TestCase(-2.1, 1.2, -2.5)]
    public void Create_OfAWholeArm_HasTheFilesKinematics(double q1, double q2, double q3)
    {
        var profile = Open(Arm).Create(_answers);
        var expected = Fixed(0.1, 0, 0.05, 0, 0, 0.3)
            * Fixed(0, 0, 0.1)
            * Fixed(0, 0, 0.3) * RotationVector.ToTransform(new Vector3d(0, 0, q1))
            * Fixed(0, 0.05, 0, 0.2, -0.3, 0.4) * RotationVector.ToTransform(new Vector3d(0, -q2, 0))
            * Fixed(0, 0, 0.4, 0, 0, 1.2)
            * Fixed(0.1, 0, 0, -0.5) * RotationVector.ToTransform(new Vector3d(1, 1, 0).Normalized() * q3)
            * Fixed(0, 0, 0.2) * Fixed(0, 0, 0.1);
        Assert.That(profile.CreateKinematics().ToolPose([q1, q2, q3]).ToRows(), Is.EqualTo(expected.ToRows()).Within(1e-12));
    }

    // The makers' own numbers, read from a file in their form, give the kinematics that are kept in profiles/.
    [Test]
    public void Create_OfTheXArm7_GivesTheProfileThatIsShipped()
    {
        (string Xyz, string Rpy)[] joints =
        [
            ("0 0 0.267", "0 0 0"), ("0 0 0", "-1.5707963267948966 0 0"), ("0 -0.293 0", "1.5707963267948966 0 0"), ("0.0525 0 0", "1.5707963267948966 0 0"),
            ("0.0775 -0.3425 0", "1.5707963267948966 0 0"), ("0 0 0", "1.5707963267948966 0 0"), ("0.076 0.097 0", "-1.5707963267948966 0 0"),
        ];
        var text = "<robot name=\"xarm7\"><link name=\"l0\"/>" + string.Concat(joints.Select((joint, i) =>
            $"<link name=\"l{i + 1}\"/><joint name=\"joint{i + 1}\" type=\"revolute\"><parent link=\"l{i}\"/><child link=\"l{i + 1}\"/><origin xyz=\"{joint.Xyz}\" rpy=\"{joint.Rpy}\"/><axis xyz=\"0 0 1\"/><limit lower=\"-3\" upper=\"3.2\" velocity=\"3.14\"/></joint>")) + "</robot>";
        var shipped = Simulator.Arm.ArmProfiles.Get("xarm7");
        var read = Open(text).Create(_answers with { ToolLink = null, Ranges = new Dictionary<string, JointRange>(), Jerk = [500], Mount = [0.02, 0, 0.1], ToolOffset = [0, 0, 0.172], Start = shipped.RestRad });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Mount, Is.EqualTo(shipped.Mount));
            Assert.That(read.Links, Is.EqualTo(shipped.Links), "right angles leave no dust");
        }
    }

    [TestCase("0 0 1")]
    [TestCase("0 0 -1")]
    [TestCase("1 0 0")]
    [TestCase("0 -1 0")]
    [TestCase("-0.6 0 0.8")]
    public void Create_AnyAxis_TurnsAboutIt(string axis)
    {
        var direction = axis.Split(' ').Select(double.Parse).ToArray();
        var profile = Open(OneJoint($"<axis xyz=\"{axis}\"/><limit lower=\"-1\" upper=\"1\" velocity=\"1\"/>")).Create(OneJointAnswers);
        var expected = RotationVector.ToTransform(new Vector3d(direction[0], direction[1], direction[2]) * 0.7) * Fixed(0, 0, 0.1);
        Assert.That(profile.CreateKinematics().ToolPose([0.7]).ToRows(), Is.EqualTo(expected.ToRows()).Within(1e-12));
    }

    // The format's own default.
    [Test]
    public void Create_WithoutAnAxis_TurnsAboutX()
    {
        var profile = Open(OneJoint("<limit lower=\"-1\" upper=\"1\" velocity=\"1\"/>")).Create(OneJointAnswers);
        var expected = RigidTransform.RotationX(0.4) * Fixed(0, 0, 0.1);
        Assert.That(profile.CreateKinematics().ToolPose([0.4]).ToRows(), Is.EqualTo(expected.ToRows()).Within(1e-12));
    }

    [Test]
    public void Missing_WithoutAnyAnswer_NamesEverythingAtOnce()
    {
        var questions = Open(Arm).Missing(new ImportAnswers { ToolLink = "hand" });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(questions.Select(question => question.Option), Is.EqualTo(new[]
            {
                "--make", "--model", "--range", "--acceleration", "--jerk", "--mount", "--tool-offset", "--start", "--gripper-open", "--gripper-closed", "--gripper-speed",
            }));
            Assert.That(questions.Single(question => question.Joint is not null).ToString(), Does.StartWith("--range j3=LOWER:UPPER").And.Contain("continuous"));
        }
    }

    [Test]
    public void Missing_WithAllAnswers_IsNothing()
    {
        Assert.That(Open(Arm).Missing(_answers), Is.Empty);
    }

    // Limits that a file leaves out are zero by the format, and no arm has those.
    [TestCase("<limit effort=\"1\"/>", "--range,--velocity")]
    [TestCase("<limit lower=\"-1\" upper=\"1\" velocity=\"0\"/>", "--velocity")]
    [TestCase("<limit velocity=\"1\"/>", "--range")]
    [TestCase("", "--range,--velocity")]
    public void Missing_LimitsThatAreNoLimits_AreAskedFor(string limit, string options)
    {
        var questions = Open(OneJoint($"<axis xyz=\"0 0 1\"/>{limit}")).Missing(OneJointAnswers);
        Assert.That(string.Join(',', questions.Select(question => question.Option)), Is.EqualTo(options));
    }

    [Test]
    public void Missing_RobotNamedAsNoFileCouldBe_AsksForAName()
    {
        var questions = Open(OneJoint("<limit lower=\"-1\" upper=\"1\" velocity=\"1\"/>").Replace("one", "my robot!", StringComparison.Ordinal)).Missing(OneJointAnswers);
        Assert.That(questions.Single().Option, Is.EqualTo("--name"));
    }

    [TestCase("no-such-link", "--tool-link: there is no link 'no-such-link'")]
    [TestCase("left", "joint 'finger' is prismatic")]
    [TestCase("right", "joint 'other_finger' follows 'finger'")]
    [TestCase("base", "0 turning joints")]
    public void Create_ChainThatIsNoArm_SaysWhy(string toolLink, string problem)
    {
        var fault = Assert.Throws<ModelBuildException>(() => Open(Arm).Create(_answers with { ToolLink = toolLink }))!;
        Assert.That(fault.Message, Does.Contain(problem));
    }

    [Test]
    public void Create_SeveralEnds_AsksForOneByName()
    {
        var fault = Assert.Throws<ModelBuildException>(() => Open(Arm).Missing(_answers with { ToolLink = null }))!;
        Assert.That(fault.Message, Does.Contain("left, right").And.Contain("--tool-link"));
    }

    [Test]
    public void Create_BaseThatIsNotBelow_SaysSo()
    {
        var fault = Assert.Throws<ModelBuildException>(() => Open(Arm).Create(_answers with { BaseLink = "left" }))!;
        Assert.That(fault.Message, Does.Contain("'hand' does not hang on 'left'"));
    }

    [Test]
    public void Create_FromALaterBase_LeavesTheJointsBeforeItOut()
    {
        var profile = Open(Arm).Create(_answers with { BaseLink = "shoulder", Start = [0, 0], Jerk = [50] });
        Assert.That(profile.JointNames, Is.EqualTo(new[] { "j2", "j3" }));
    }

    [Test]
    public void Create_MimicOnTheWay_IsRefused()
    {
        var text = Arm.Replace("<limit lower=\"-1.5\" upper=\"1.6\" effort=\"50\" velocity=\"1.25\"/>", "<limit lower=\"-1.5\" upper=\"1.6\" velocity=\"1.25\"/><mimic joint=\"j1\"/>", StringComparison.Ordinal);
        var fault = Assert.Throws<ModelBuildException>(() => Open(text).Create(_answers))!;
        Assert.That(fault.Message, Does.Contain("joint 'j2' follows 'j1'"));
    }

    [Test]
    public void Create_AnswersThatDoNotFit_AreAllNamed()
    {
        var wrong = _answers with { Start = [0], Jerk = [1, 2], Mount = [1, 2], Ranges = new Dictionary<string, JointRange>(_answers.Ranges) { ["j9"] = new(-1, 1) } };
        var fault = Assert.Throws<ModelBuildException>(() => Open(Arm).Create(wrong))!;
        Assert.That(fault.Faults, Has.Count.EqualTo(4).And.Some.StartsWith("--start").And.Some.StartsWith("--jerk").And.Some.StartsWith("--mount").And.Some.Contains("no joint 'j9'"));
    }

    [Test]
    public void Create_StartBeyondItsLimits_IsAFaultOfTheProfile()
    {
        var fault = Assert.Throws<ModelBuildException>(() => Open(Arm).Create(_answers with { Start = [0, 1.7, 0] }))!;
        Assert.That(fault.Message, Does.Contain("rest_rad[1]: found 1.7"));
    }

    [TestCase("<robot", "arm.urdf: ")]
    [TestCase("<sdf/>", "the document is <sdf>, expected <robot>")]
    [TestCase("<robot name=\"a\"><link name=\"a\"/><link name=\"a\"/></robot>", "link 'a' is there 2 times")]
    [TestCase("<robot name=\"a\"><link name=\"a\"/><joint name=\"j\" type=\"bendy\"/></robot>", "joint 'j': type is 'bendy'")]
    [TestCase("<robot name=\"a\"><link name=\"a\"/><joint name=\"j\" type=\"fixed\"><parent link=\"a\"/><child link=\"b\"/></joint></robot>", "child link 'b' is not in the file")]
    [TestCase("<robot xmlns:xacro=\"http://www.ros.org/wiki/xacro\" name=\"a\"><xacro:arm/></robot>", "xacro")]
    [TestCase("<!DOCTYPE robot [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><robot name=\"&a;\"/>", "DTD")]
    public void Open_OfNoUrdf_SaysWhatIsWrong(string text, string problem)
    {
        var fault = Assert.Throws<ModelBuildException>(() => Open(text))!;
        Assert.That(fault.Message, Does.Contain(problem));
    }

    [TestCase("<origin xyz=\"1 2\"/>", "xyz is '1 2', expected three numbers")]
    [TestCase("<origin rpy=\"a b c\"/>", "rpy is 'a b c', expected three numbers")]
    [TestCase("<axis xyz=\"0 0 0\"/>", "axis has no direction")]
    [TestCase("<limit lower=\"2\" upper=\"1\"/>", "lower limit 2 is above the upper limit 1")]
    [TestCase("<limit lower=\"low\" upper=\"1\"/>", "lower is 'low', expected a number")]
    public void Open_OfABadJoint_NamesItAndTheNumber(string part, string problem)
    {
        var fault = Assert.Throws<ModelBuildException>(() => Open(OneJoint(part)))!;
        Assert.That(fault.Message, Does.Contain("joint 'j'").And.Contain(problem));
    }

    [Test]
    public void Create_JointsInACircle_IsRefused()
    {
        const string circle = """
            <robot name="a"><link name="root"/><link name="a"/><link name="b"/><link name="tool"/>
            <joint name="j1" type="fixed"><parent link="a"/><child link="b"/></joint>
            <joint name="j2" type="fixed"><parent link="b"/><child link="a"/></joint>
            <joint name="j3" type="fixed"><parent link="b"/><child link="tool"/></joint></robot>
            """;
        var fault = Assert.Throws<ModelBuildException>(() => Open(circle).Create(_answers with { BaseLink = "root", ToolLink = "tool" }))!;
        Assert.That(fault.Message, Does.Contain("circle"));
    }

    private static ImportAnswers OneJointAnswers => _answers with { ToolLink = null, Start = [0], Jerk = [50], Mount = [0, 0, 0], Ranges = new Dictionary<string, JointRange>() };

    private static string OneJoint(string parts) =>
        $"<robot name=\"one\"><link name=\"a\"/><link name=\"b\"/><joint name=\"j\" type=\"revolute\"><parent link=\"a\"/><child link=\"b\"/>{parts}</joint></robot>";

    private UrdfImport Open(string text)
    {
        File.WriteAllText(_folder.File("arm.urdf"), text);
        return UrdfImport.Open(_folder.File("arm.urdf"));
    }

    private static RigidTransform Fixed(double x, double y, double z, double roll = 0, double pitch = 0, double yaw = 0) =>
        (RigidTransform.RotationZ(yaw) * RigidTransform.RotationY(pitch) * RigidTransform.RotationX(roll)).WithOrigin(new Vector3d(x, y, z));
}
