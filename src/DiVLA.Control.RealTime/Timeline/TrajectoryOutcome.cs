namespace DiVLA.Control.RealTime;

/// <summary>Whether a trajectory may be followed. Everything but <see cref="Good"/> ends in hold.</summary>
public enum TrajectoryOutcome
{
    /// <summary>Finite, and the tool is where the latent wants it.</summary>
    Good,

    /// <summary>A stage gave a number that is not finite.</summary>
    NonFinite,

    /// <summary>Forward kinematics puts the tool too far from where the latent wants it.</summary>
    KinematicsMismatch,

    /// <summary>Joints or latent are outside the range that the embodiment was trained on.</summary>
    OutOfTrainedRange,

    /// <summary>A stage failed and there are no samples.</summary>
    PolicyFault,
}
