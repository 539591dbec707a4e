using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests.Embodiment;

[TestFixture]
internal sealed class TrainedRangeCheckTests
{
    private static readonly TrainedRangeCheck Check = new(
        new EmbodimentMapping
        {
            Kind = EmbodimentMappingKind.Mlp,
            Hidden = 1,
            DisplacementRmsRad = [1, 1],
            TrainedLowerRad = [-1, 0],
            TrainedUpperRad = [1, 2],
            TrainedLatentMax = [4, 2],
            LatentRms = [],
            FirstSampleError = new ToolError(0, 0),
            LastSampleError = new ToolError(0, 0),
            ProbePoses = [],
        },
        new EmbodimentCheckOptions { JointMarginRad = 0.5, LatentMargin = 1.5 });

    [Test]
    public void Accepts_AtTheVeryEdge_True()
    {
        Assert.That(Check.Accepts(new JointPositions([-1.5, 2.5]), [6, -3, -6, 3], out _), Is.True);
    }

    [Test]
    public void Accepts_JointBeyondTheMargin_SaysWhich()
    {
        var accepted = Check.Accepts(new JointPositions([0, -0.51]), [0, 0, 0, 0], out var report);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(accepted, Is.False);
            Assert.That(report, Is.EqualTo(new RangeReport(RangedQuantity.CommandedJoint, 1, 0, -0.51, -0.5, 2.5)));
            Assert.That(report.Describe(), Does.Contain("joint 1"));
        }
    }

    [Test]
    public void Accepts_LatentBeyondTheMargin_SaysWhichAtWhichSample()
    {
        var accepted = Check.Accepts(new JointPositions([0, 0]), [0, 0, 0, -3.5f], out var report);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(accepted, Is.False);
            Assert.That(report, Is.EqualTo(new RangeReport(RangedQuantity.Latent, 1, 1, -3.5, -3, 3)));
            Assert.That(report.Describe(), Does.Contain("sample 1"));
        }
    }

    [Test]
    public void Accepts_NotANumber_False()
    {
        Assert.That(Check.Accepts(new JointPositions([0, 0]), [float.NaN, 0, 0, 0], out _), Is.False);
    }
}
