using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.Arm;

/// <summary>Damped least squares with a null-space pull towards a rest posture. Does not allocate.</summary>
public static class InverseKinematics
{
    private const double Damping = 0.02;
    private const double LargestStep = 0.3;
    private const double PositionTolerance = 2e-5;
    private const double RotationTolerance = 1e-4;
    private const double PullFading = 0.8;

    /// <summary>Share of the way to the rest posture that one solution covers in its first step, and less in each further one.</summary>
    public const double UsualPull = 0.1;

    /// <summary>Moves <paramref name="joints"/> until the tool is at <paramref name="target"/>.</summary>
    /// <param name="kinematics">The arm, 7 joints at most.</param>
    /// <param name="target">Tool pose in the table frame.</param>
    /// <param name="rest">Posture that free motion is drawn to. Unit: rad.</param>
    /// <param name="joints">Start and result. Unit: rad.</param>
    /// <param name="iterations">Most steps to take.</param>
    /// <param name="pull">How strong the pull is. Range: [0, 1].</param>
    /// <returns>True where the tool came within 0.02 mm and 0.1 mrad.</returns>
    public static bool Solve(ArmKinematics kinematics, in RigidTransform target, ReadOnlySpan<double> rest, Span<double> joints, int iterations = 40, double pull = UsualPull)
    {
        // The pull fades: the damped inverse cancels it only nearly, and what is left would keep the tool off its target.
        var pullGain = pull;
        for (var i = 0; i < iterations; i++, pullGain *= PullFading)
            if (Step(kinematics, target, rest, pullGain, joints)) return true;
        return false;
    }

    private static bool Step(ArmKinematics kinematics, in RigidTransform target, ReadOnlySpan<double> rest, double pullGain, Span<double> joints)
    {
        var n = kinematics.JointCount;
        Span<double> jacobian = stackalloc double[6 * n];
        Span<double> error = stackalloc double[6];
        var tool = kinematics.Jacobian(joints, jacobian);
        var position = target.Origin - tool.Origin;
        var rotation = RotationVector.Between(tool, target);
        if (position.Length < PositionTolerance && rotation.Length < RotationTolerance) return true;
        (error[0], error[1], error[2]) = position;
        (error[3], error[4], error[5]) = rotation;

        // dq = pull + J^T (J J^T + damping^2)^-1 (error - J pull)
        Span<double> pull = stackalloc double[n];
        for (var j = 0; j < n; j++) pull[j] = pullGain * (rest[j] - joints[j]);
        Span<double> gram = stackalloc double[36];
        for (var r = 0; r < 6; r++)
        {
            for (var j = 0; j < n; j++) error[r] -= jacobian[r * n + j] * pull[j];
            for (var c = 0; c < 6; c++) gram[r * 6 + c] = RowProduct(jacobian, r, c, n) + (r == c ? Damping * Damping : 0);
        }
        SolveSymmetric6(gram, error);
        for (var j = 0; j < n; j++)
        {
            var step = pull[j];
            for (var r = 0; r < 6; r++) step += jacobian[r * n + j] * error[r];
            joints[j] += Math.Clamp(step, -LargestStep, LargestStep);
        }
        return false;
    }

    private static double RowProduct(ReadOnlySpan<double> jacobian, int r, int c, int n)
    {
        var sum = 0.0;
        for (var j = 0; j < n; j++) sum += jacobian[r * n + j] * jacobian[c * n + j];
        return sum;
    }

    // Cholesky in place: a = L L^T, then two triangular solves into b.
    private static void SolveSymmetric6(Span<double> a, Span<double> b)
    {
        for (var i = 0; i < 6; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i * 6 + j];
                for (var k = 0; k < j; k++) sum -= a[i * 6 + k] * a[j * 6 + k];
                a[i * 6 + j] = i == j ? Math.Sqrt(sum) : sum / a[j * 6 + j];
            }
        }
        for (var i = 0; i < 6; i++)
        {
            for (var k = 0; k < i; k++) b[i] -= a[i * 6 + k] * b[k];
            b[i] /= a[i * 6 + i];
        }
        for (var i = 5; i >= 0; i--)
        {
            for (var k = i + 1; k < 6; k++) b[i] -= a[k * 6 + i] * b[k];
            b[i] /= a[i * 6 + i];
        }
    }
}
