using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;

namespace DiVLA.Control.Simulator.Tests.Arm;

internal sealed class PandaTests
{
    [Test]
    public void ToolPose_AllJointsZero_IsWhereTheMakersTablePutsIt()
    {
        // Straight up, elbow offsets cancel: x = a7, z = d1 + d3 + d5 - (flange and hand hang down).
        var tool = ArmProfiles.Panda.CreateKinematics().ToolPose(new double[7]);
        Assert.Multiple(() =>
        {
            Assert.That(tool.X, Is.EqualTo(0.088).Within(1e-12));
            Assert.That(tool.Y, Is.EqualTo(0).Within(1e-12));
            Assert.That(tool.Z, Is.EqualTo(0.333 + 0.316 + 0.384 - 0.107 - 0.1034).Within(1e-12));
            Assert.That(tool.AxisZ.Z, Is.EqualTo(-1).Within(1e-12));
        });
    }

    [Test]
    public void ToolPose_FrankaReadyPosture_PointsDownAtKnownPlace()
    {
        // The maker's 'ready' posture (0, -pi/4, 0, -3pi/4, 0, pi/2, pi/4): flange at x 0.3069, z 0.5903 + 0.107.
        var tool = ArmProfiles.Panda.CreateKinematics().ToolPose([0, -Math.PI / 4, 0, -3 * Math.PI / 4, 0, Math.PI / 2, Math.PI / 4]);
        Assert.Multiple(() =>
        {
            Assert.That(tool.X, Is.EqualTo(0.3069).Within(1e-3));
            Assert.That(tool.Z, Is.EqualTo(0.5903 - 0.1034).Within(1e-3));
            Assert.That(tool.AxisZ.Z, Is.EqualTo(-1).Within(1e-9));
            Assert.That(tool.AxisX.X, Is.EqualTo(1).Within(1e-9));
        });
    }

    [Test]
    public void Jacobian_AgainstFiniteDifferences_Agrees()
    {
        var kinematics = ArmProfiles.Panda.CreateKinematics();
        double[] joints = [.. ArmProfiles.Panda.RestRad];
        var jacobian = new double[6 * 7];
        var tool = kinematics.Jacobian(joints, jacobian);
        const double step = 1e-6;
        for (var j = 0; j < 7; j++)
        {
            var moved = (double[])joints.Clone();
            moved[j] += step;
            var next = kinematics.ToolPose(moved);
            var linear = (next.Origin - tool.Origin) * (1 / step);
            var angular = RotationVector.Between(tool, next) * (1 / step);
            double[] column = [linear.X, linear.Y, linear.Z, angular.X, angular.Y, angular.Z];
            for (var r = 0; r < 6; r++) Assert.That(jacobian[r * 7 + j], Is.EqualTo(column[r]).Within(1e-5), $"row {r}, joint {j}");
        }
    }

    [Test]
    public void InverseKinematics_PosesOverTheTable_ReachesThemWithinLimits()
    {
        var kinematics = ArmProfiles.Panda.CreateKinematics();
        var random = new SplitMix64(5);
        for (var i = 0; i < 200; i++)
        {
            var pose = Tasks.Poses.OverTable(random);
            double[] joints = [.. ArmProfiles.Panda.RestRad];
            Assert.That(InverseKinematics.Solve(kinematics, pose, ArmProfiles.Panda.RestRad, joints, 200), Is.True, pose.ToString());
            Assert.That((kinematics.ToolPose(joints).Origin - pose.Origin).Length, Is.LessThan(5e-5));
        }
    }
}
