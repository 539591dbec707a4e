namespace DiVLA.Control.Robot;

/// <summary>Names of what a policy and an arm's MLP exchange. Policy, profile and MLP must mean the same by their numbers.</summary>
public static class TaskSpaceTerms
{
    /// <summary>Samples of the default policy's trajectories.</summary>
    public const int DefaultHorizon = 16;

    /// <summary>Numbers of a sample: position (3), rotation vector (3), gripper (1).</summary>
    public const int LatentSize = 7;

    /// <summary>The state: tool pose, gripper width and holding flag in 11 numbers.</summary>
    public const string StateId = "tool-pose-11/v1";

    /// <summary>The default policy's latent.</summary>
    public static string LatentId => LatentIdFor(DefaultHorizon);

    /// <summary>The latent of a policy with another number of samples.</summary>
    public static string LatentIdFor(int horizon) => $"task-displacement-{horizon}x{LatentSize}/v1";
}
