using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests.Embodiment;

[TestFixture]
internal sealed class ForwardKinematicsCheckTests
{
    private static readonly JointPositions Start = new([0.0]);

    private static readonly ForwardKinematicsCheck Check =
        new(OneJointArm.Kinematics, new TaskDisplacementLatent(OneJointArm.Latent), new EmbodimentCheckOptions());

    [Test]
    public void Run_JointsReachWhatTheLatentWants_UsesNoTolerance()
    {
        var report = Check.Run(Start, OneJointArm.LatentFor(0.1, 0.4), OneJointArm.Samples(0.1, 0.4));
        Assert.That(report.Use, Is.LessThan(1e-4));
    }

    [Test]
    public void Run_StartAwayFromZero_MeasuresFromTheCommandedPose()
    {
        var shift = new Vector3d(0.02, -0.03, 0.01);
        var start = new JointPositions([0.7]);
        var tool = OneJointArm.Kinematics.ToolPose([0.7]);
        float[] latent = [(float)shift.X, (float)shift.Y, (float)shift.Z, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1];
        var report = Check.Run(start, latent, OneJointArm.Samples(0.7, 0.7));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Sample, Is.Zero);
            Assert.That((report.Wanted.Origin - tool.Origin - shift).Length, Is.LessThan(1e-8));
            Assert.That(report.Decoded, Is.EqualTo(tool));
            Assert.That(report.DistanceM, Is.EqualTo(shift.Length).Within(1e-8));
            Assert.That(report.AngleRad, Is.Zero.Within(1e-9));
        }
    }

    // 4 mm and 12 mm of arc on half a metre: within the 5 mm of the first sample and the 15 mm of the last.
    [TestCase(0.008, 0.0, true)]
    [TestCase(0.012, 0.0, false)]
    [TestCase(0.0, 0.024, true)]
    [TestCase(0.0, 0.032, false)]
    public void Run_ToolIsOff_ToleranceGrowsWithTheSample(double firstErrorRad, double lastErrorRad, bool passes)
    {
        var report = Check.Run(Start, OneJointArm.LatentFor(0.1, 0.4), OneJointArm.Samples(0.1 + firstErrorRad, 0.4 + lastErrorRad));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Use <= 1, Is.EqualTo(passes));
            Assert.That(report.Sample, Is.EqualTo(firstErrorRad > 0 ? 0 : 1));
            Assert.That(report.DistanceToleranceM, Is.EqualTo(firstErrorRad > 0 ? 0.005 : 0.015));
        }
    }

    [Test]
    public void Run_ToolIsInPlaceButTurned_Fails()
    {
        float[] latent = [0, 0, 0, 0, 0, 0.06f, 1, 0, 0, 0, 0, 0, 0, 1];
        var report = Check.Run(Start, latent, OneJointArm.Samples(0, 0));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.DistanceM, Is.Zero.Within(1e-12));
            Assert.That(report.AngleRad, Is.EqualTo(0.06).Within(1e-6));
            Assert.That(report.Use, Is.GreaterThan(1));
            Assert.That(report.Describe(), Does.Contain("sample 0"));
        }
    }

    [Test]
    public void Run_Scaled_MultipliesTheLatentByItsRms()
    {
        var latent = OneJointArm.Latent with { Rms = [[0.01, 0.01, 0.01, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1]] };
        var check = new ForwardKinematicsCheck(OneJointArm.Kinematics, new TaskDisplacementLatent(latent), new EmbodimentCheckOptions());
        var report = check.Run(Start, [0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1], OneJointArm.Samples(0, 0));
        Assert.That(report.Wanted.Z, Is.EqualTo(0.02).Within(1e-9));
    }

    [Test]
    public void Run_Always_AllocatesNothing()
    {
        var (latent, samples) = (OneJointArm.LatentFor(0.1, 0.4), OneJointArm.Samples(0.1, 0.4));
        for (var run = 0; run < 20; run++) Check.Run(Start, latent, samples);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 100; run++) Check.Run(Start, latent, samples);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
