using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tests.Arm;

/// <summary>Every arm of `profiles/*.json`: its numbers against the makers', and whether it can do what is asked of it.</summary>
[TestFixture]
internal sealed class ArmProfilesTests
{
    private static IEnumerable<string> Arms => ArmProfiles.Names;

    [Test]
    public void Names_AreTheFourArms()
    {
        Assert.That(Arms, Is.EqualTo(new[] { "gen3", "iiwa14", "panda", "xarm7" }));
    }

    [TestCaseSource(nameof(Arms))]
    public void Profile_OfAnArm_SaysWhoItIsAndWhereItsNumbersComeFrom(string name)
    {
        var arm = ArmProfiles.Get(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(arm.Name, Is.EqualTo(name));
            Assert.That(arm.JointCount, Is.EqualTo(7));
            Assert.That(arm.Source, Is.Not.Empty);
            Assert.That(arm.Mapping, Is.Null);
            Assert.That((arm.StateId, arm.LatentId), Is.EqualTo((TaskSpaceTerms.StateId, TaskSpaceTerms.LatentId)));
        }
    }

    // Where the makers' tables put the flange with all joints at zero: height over the base, distance in front of it, and whether it points up.
    [TestCase("panda", 0.088, 0.333 + 0.316 + 0.384 - 0.107, false, 0.1034)]
    [TestCase("iiwa14", 0, 0.36 + 0.42 + 0.4 + 0.126, true, 0.1628)]
    [TestCase("xarm7", 0.206, 0.1205, false, 0.172)]
    [TestCase("gen3", 0, 1.1873, true, 0.12)]
    public void Flange_AllJointsZero_IsWhereTheMakerPutsIt(string name, double x, double z, bool pointsUp, double toolLength)
    {
        var arm = ArmProfiles.Get(name);
        var tool = RigidTransform.FromRows(arm.Mount).Inverse() * arm.CreateKinematics().ToolPose(new double[7]);
        var flange = tool.Apply(new Vector3d(0, 0, -toolLength));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(flange.X, Is.EqualTo(x).Within(1e-3));
            // The Gen3's shoulder stands 25 mm beside its base.
            Assert.That(flange.Y, Is.EqualTo(name == "gen3" ? -0.0246 : 0).Within(1e-3));
            Assert.That(flange.Z, Is.EqualTo(z).Within(2e-4));
            Assert.That(tool.AxisZ.Z, Is.EqualTo(pointsUp ? 1 : -1).Within(1e-9));
        }
    }

    [TestCaseSource(nameof(Arms))]
    public void Rest_OfAnArm_HasTheToolOverTheTableLookingDownAndForward(string name)
    {
        var arm = ArmProfiles.Get(name);
        var tool = arm.CreateKinematics().ToolPose(arm.RestRad);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tool.X, Is.InRange(0.35, 0.6));
            Assert.That(tool.Y, Is.InRange(-0.05, 0.05));
            Assert.That(tool.Z, Is.InRange(0.15, 0.4));
            Assert.That(tool.AxisZ.Z, Is.LessThan(-0.99));
            Assert.That(tool.AxisX.X, Is.GreaterThan(0.99));
        }
    }

    [TestCaseSource(nameof(Arms))]
    public void Jacobian_AgainstFiniteDifferences_Agrees(string name)
    {
        var arm = ArmProfiles.Get(name);
        var kinematics = arm.CreateKinematics();
        var jacobian = new double[6 * 7];
        var tool = kinematics.Jacobian(arm.RestRad, jacobian);
        const double step = 1e-6;
        for (var j = 0; j < 7; j++)
        {
            double[] moved = [.. arm.RestRad];
            moved[j] += step;
            var next = kinematics.ToolPose(moved);
            var linear = (next.Origin - tool.Origin) * (1 / step);
            var angular = RotationVector.Between(tool, next) * (1 / step);
            double[] column = [linear.X, linear.Y, linear.Z, angular.X, angular.Y, angular.Z];
            for (var r = 0; r < 6; r++) Assert.That(jacobian[r * 7 + j], Is.EqualTo(column[r]).Within(1e-5), $"row {r}, joint {j}");
        }
    }

    [TestCaseSource(nameof(Arms))]
    public void Reach_OfAnArm_IsTheWholeTable(string name)
    {
        Assert.That(TableReach.Unreachable(ArmProfiles.Get(name)), Is.Empty);
    }

    [Test]
    public void Reach_OfAnArmThatStandsTooFarAway_LeavesPlacesOut()
    {
        var far = ArmProfiles.Panda with { Mount = RigidTransform.Translation(-0.3, 0, 0).ToRows() };
        var places = TableReach.Unreachable(far);
        Assert.That(places, Is.Not.Empty);
        Assert.That(places.Select(place => place.X), Has.Some.EqualTo(TableLayout.FarthestX));
    }

    [Test]
    public void Reach_OfAnArmWhoseLimitsForbidIt_LeavesPlacesOut()
    {
        double[] upper = [.. ArmProfiles.Panda.PositionUpperRad];
        upper[0] = 0.01;
        Assert.That(TableReach.Unreachable(ArmProfiles.Panda with { PositionUpperRad = upper }), Is.Not.Empty);
    }

    // The tool starts at the same place whatever the arm: an evaluation compares arms, not starts.
    [TestCaseSource(nameof(Arms))]
    public void StartJoints_OfAnEpisode_PutTheToolAtTheSamePlaceWithinLimits(string name)
    {
        var arm = ArmProfiles.Get(name);
        for (ulong seed = 0; seed < 100; seed++)
        {
            var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, TaskFamily.Direct);
            var joints = episode.StartJoints(arm);
            Assert.That(arm.Allows(joints.AsSpan()), Is.True);
            Assert.That((arm.CreateKinematics().ToolPose(joints.AsSpan()).Origin - episode.Start.Origin).Length, Is.LessThan(5e-5));
        }
    }

    [Test]
    public void StartJoints_OutOfReach_NamesTheArmAndTheEpisode()
    {
        var far = ArmProfiles.Panda with { Mount = RigidTransform.Translation(-2, 0, 0).ToRows() };
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 3, TaskFamily.Direct);
        Assert.That(() => episode.StartJoints(far), Throws.InvalidOperationException.With.Message.Contains("panda cannot reach the start of episode 3"));
    }

    [TestCaseSource(nameof(Arms))]
    public void Expert_OnAnyArm_SolvesEpisodesWithinLimits(string name)
    {
        var arm = ArmProfiles.Get(name);
        var controller = new ExpertController(arm);
        for (ulong seed = 0; seed < 25; seed++)
        {
            var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, TaskFamily.Inferential);
            var world = new SimulatedWorld(arm, episode.Scene, episode.StartJoints(arm));
            var attempt = new EpisodeAttempt(episode, arm.ControlRateHz);
            while (attempt.Judge(world.Scene, ticks: 1) == EpisodeOutcome.Unfinished)
            {
                world.Step(controller.Command(world, episode.Goal), 1 / arm.ControlRateHz);
                Assert.That(arm.Allows(world.State.Joints.AsSpan()), Is.True, $"seed {seed}");
            }
            Assert.That(attempt.Outcome, Is.EqualTo(EpisodeOutcome.Success), $"seed {seed}");
        }
    }

    [Test]
    public void Find_TakesANameWithOrWithoutEnding_OrAFile()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("divla-profile-").FullName, "mine.json");
        File.WriteAllText(file, (ArmProfiles.Get("gen3") with { Name = "mine" }).ToJson());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ArmProfiles.Find("iiwa14").Name, Is.EqualTo("iiwa14"));
            Assert.That(ArmProfiles.Find("iiwa14.json").Name, Is.EqualTo("iiwa14"));
            Assert.That(ArmProfiles.Find(file).Name, Is.EqualTo("mine"));
            Assert.That(() => ArmProfiles.Find("ur5e"), Throws.ArgumentException.With.Message.Contains("gen3, iiwa14, panda, xarm7"));
        }
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }
}
