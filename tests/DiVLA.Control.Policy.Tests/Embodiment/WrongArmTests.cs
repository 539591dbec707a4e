using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Policy.Tests.Embodiment;

/// <summary>The MLP of one make under the profile of another: all arms have seven joints, so that nothing but kinematics can tell.</summary>
[TestFixture]
internal sealed class WrongArmTests
{
    private const int SamplePeriodTicks = 4;
    private const double FarthestM = 0.1;

    private static readonly Vector3d[] _directions = [new(1, 0, 0), new(-1, 0, 0), new(0, 1, 0), new(0, -1, 0), new(0, 0, 1), new(0, 0, -1)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-wrong-arm-");

    private static IReadOnlyList<string> Arms => ArmProfiles.Names;

    private static IEnumerable<TestCaseData> WrongPairs =>
        from own in ArmProfiles.Names from other in ArmProfiles.Names where own != other select new TestCaseData(own, other);

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [TestCaseSource(nameof(WrongPairs))]
    public void Decode_ByAnotherMakesMlp_FailsTheKinematicsCheck(string arm, string mlpOf)
    {
        using var trial = Load(arm, mlpOf);
        foreach (var direction in _directions)
            Assert.That(Move(trial, direction).Outcome, Is.EqualTo(PolicyOutcome.FailedKinematicsCheck), $"{direction}");
    }

    // The same motions by the right MLP: it is the arm that the check tells apart.
    [TestCaseSource(nameof(Arms))]
    public void Decode_ByItsOwnMlp_IsAccepted(string arm)
    {
        using var trial = Load(arm, arm);
        foreach (var direction in _directions)
            Assert.That(Move(trial, direction).Outcome, Is.EqualTo(PolicyOutcome.Ok), $"{direction}");
    }

    private EmbodimentTrial Load(string arm, string mlpOf)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, $"{arm}-by-{mlpOf}")).FullName;
        File.Copy(PathOf(arm, EmbodimentPaths.Profile), Path.Combine(folder, EmbodimentPaths.Profile));
        foreach (var file in (string[])[EmbodimentPaths.Graph, EmbodimentPaths.Weights]) File.Copy(PathOf(mlpOf, file), Path.Combine(folder, file));
        return EmbodimentTrial.Load(folder, SamplePeriodTicks, new EmbodimentCheckOptions());
    }

    private static string PathOf(string arm, string file) => Path.Combine(Checkout.DefaultBundle, EmbodimentPaths.Of(arm, file));

    // From above the middle of the table, ten centimetres straight on.
    private static PolicyTrajectory Move(EmbodimentTrial trial, Vector3d direction)
    {
        var (arm, rms) = (trial.Profile, trial.Profile.Mapping!.LatentRms);
        for (var sample = 0; sample < rms.Length; sample++)
        {
            var motion = direction * (FarthestM * (sample + 1) / rms.Length);
            ReadOnlySpan<double> displacement = [motion.X, motion.Y, motion.Z, 0, 0, 0, 1];
            for (var number = 0; number < displacement.Length; number++)
                trial.Latent[sample * displacement.Length + number] = (float)(displacement[number] / rms[sample][number]);
        }
        return trial.Decode(new JointPositions(OverTheTable(arm)));
    }

    private static double[] OverTheTable(EmbodimentProfile arm)
    {
        double[] joints = [.. arm.RestRad];
        var isThere = InverseKinematics.Solve(arm.CreateKinematics(), Simulator.World.TableLayout.ToolDown.WithOrigin(new Vector3d(0.5, 0, 0.15)), arm.RestRad, joints, 400);
        return isThere ? joints : throw new InvalidOperationException($"{arm.Name} does not reach the table.");
    }
}
