using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Demonstrations;
using DiVLA.Control.Training.Embodiments;
using DiVLA.Control.Training.Tests.Demonstrations;

namespace DiVLA.Control.Training.Tests.Embodiments;

[TestFixture]
internal sealed class KinematicPairsTests
{
    private const int Horizon = SampleGenerator.Horizon;
    private const int Motions = 20;

    private static IReadOnlyList<string> Arms => ArmProfiles.Names;

    [Test]
    public void Pairs_OfSeveralThreads_AreThoseOfOne()
    {
        var (one, two) = (Draw("gen3", seed: 3, threads: 1), Draw("gen3", seed: 3, threads: 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(two.Latents, Is.EqualTo(one.Latents));
            Assert.That(two.Joints, Is.EqualTo(one.Joints));
            Assert.That(two.Displacements, Is.EqualTo(one.Displacements));
            Assert.That(two.Jacobians, Is.EqualTo(one.Jacobians));
            Assert.That(Draw("gen3", seed: 4, threads: 1).Joints, Is.Not.EqualTo(one.Joints), "the seed decides");
        }
    }

    [TestCaseSource(nameof(Arms))]
    public void Pairs_OfAnArm_KeepItWithinItsLimits(string name)
    {
        var (arm, pairs) = (ArmProfiles.Get(name), Draw(name, seed: 5, threads: 1));
        Assert.That(pairs.Count, Is.EqualTo(Motions * KinematicPairs.PairsAMotion));
        for (var pair = 0; pair < pairs.Count; pair++)
            for (var sample = -1; sample < Horizon; sample++)
                Assert.That(arm.Allows(Widened(arm, JointsAt(arm, pairs, pair, sample))), Is.True, $"pair {pair}, sample {sample}");
    }

    // What is learnt is this and nothing else: the tool of the joints is where the latent wants it.
    [TestCaseSource(nameof(Arms))]
    public void Latents_OfAnArm_SayWhereItsToolGoes(string name)
    {
        var (arm, pairs) = (ArmProfiles.Get(name), Draw(name, seed: 6, threads: 1));
        var kinematics = arm.CreateKinematics();
        for (var pair = 0; pair < pairs.Count; pair++)
        {
            var from = kinematics.ToolPose(JointsAt(arm, pairs, pair, -1));
            for (var sample = 0; sample < Horizon; sample++)
            {
                var to = kinematics.ToolPose(JointsAt(arm, pairs, pair, sample));
                var (motion, turn) = (to.Origin - from.Origin, RotationVector.Between(from, to));
                double[] wanted = [.. Enumerable.Range(0, 6).Select(number => pairs.Latents[(pair * Horizon + sample) * 6 + number] * Latent.Scale[sample][number])];
                Assert.That((motion - new Vector3d(wanted[0], wanted[1], wanted[2])).Length, Is.LessThan(1e-5));
                Assert.That((turn - new Vector3d(wanted[3], wanted[4], wanted[5])).Length, Is.LessThan(1e-5));
            }
        }
    }

    // The last pair of a motion begins twelve samples into it: after its fourth sample the arm has arrived.
    [Test]
    public void Pairs_FromTheMiddleOfAMotion_GoOnToStandStill()
    {
        var (arm, pairs) = (ArmProfiles.Get("iiwa14"), Draw("iiwa14", seed: 7, threads: 1));
        var kinematics = arm.CreateKinematics();
        for (var pair = KinematicPairs.PairsAMotion - 1; pair < pairs.Count; pair += KinematicPairs.PairsAMotion)
        {
            var arrived = kinematics.ToolPose(JointsAt(arm, pairs, pair, 3)).Origin;
            var last = kinematics.ToolPose(JointsAt(arm, pairs, pair, Horizon - 1)).Origin;
            Assert.That((last - arrived).Length, Is.LessThan(1e-4));
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Pairs_OfAnArmThatStandsTooFarAway_SayWhatToChange(int threads)
    {
        var far = ArmProfiles.Panda with { Mount = RigidTransform.Translation(-2, 0, 0).ToRows() };
        Assert.That(() => new KinematicPairs(far, Latent.Scale, motions: 2, seed: 1, threads), Throws.TypeOf<InvalidDataException>().With.Message.Contains("mount"));
    }

    [Test]
    public void Pairs_OfDemonstrations_BeginWhereTheArmWasTold()
    {
        using var recording = new ExpertRecording(rows: 80);
        var set = DemonstrationSet.Open([recording.Root], new ColumnMap(), ArmProfiles.Panda, TestConfiguration.Tiny.Cameras);
        var pairs = new KinematicPairs(ArmProfiles.Panda, Latent.Scale, 5, 1, threads: 1, new DemonstrationShare(new DemonstratedMotions(set), 1));
        for (var pair = 0; pair < pairs.Count; pair++)
        {
            var start = JointsAt(ArmProfiles.Panda, pairs, pair, -1);
            Assert.That(recording.Commands.Min(command => Distance(command.Joints, start)), Is.LessThan(1e-5), $"pair {pair}");
        }
    }

    private static KinematicPairs Draw(string arm, ulong seed, int threads) => new(ArmProfiles.Get(arm), Latent.Scale, Motions, seed, threads);

    private static double[] JointsAt(EmbodimentProfile arm, KinematicPairs pairs, int pair, int sample)
    {
        var joints = new double[arm.JointCount];
        for (var joint = 0; joint < joints.Length; joint++)
        {
            joints[joint] = pairs.Joints[pair * joints.Length + joint];
            if (sample >= 0) joints[joint] += pairs.Displacements[(pair * Horizon + sample) * joints.Length + joint];
        }
        return joints;
    }

    // Single precision may round a joint over its limit.
    private static double[] Widened(EmbodimentProfile arm, double[] joints) =>
        [.. joints.Select((angle, joint) => Math.Abs(angle - Math.Clamp(angle, arm.PositionLowerRad[joint], arm.PositionUpperRad[joint])) < 1e-5 ? Math.Clamp(angle, arm.PositionLowerRad[joint], arm.PositionUpperRad[joint]) : angle)];

    private static double Distance(JointPositions commanded, double[] joints) => joints.Select((angle, joint) => Math.Abs(angle - commanded[joint])).Max();
}
