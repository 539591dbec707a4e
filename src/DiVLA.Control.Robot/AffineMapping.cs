using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Robot;

/// <summary>How the normalised joints of a published policy become an arm's, and an arm's become a policy's: an affine map from the dataset's statistics.</summary>
/// <remarks>
/// A number a of an action, in [-1, 1], stands for `(a + 1) / 2 * (max - min) + min`; a number q of the state is read as `(q - mean) / std`. Both are in
/// the dataset's units: rad for joints, and for the gripper what <see cref="GripperClosed"/> and <see cref="GripperOpen"/> say.
/// </remarks>
public sealed record AffineMapping
{
    /// <summary>Stands for the gripper among names of joints.</summary>
    public const string Gripper = "gripper";

    private const string StatePrefix = "joint-state-";
    private const int DigestDigits = 8;

    /// <summary>What each number of an action is, `[A]`: the name of a joint, or <see cref="Gripper"/>.</summary>
    public required string[] Actions { get; init; }

    /// <summary>What each number of the state is, `[S]`: the name of a joint, or <see cref="Gripper"/>.</summary>
    public required string[] States { get; init; }

    /// <summary>The action that -1 stands for, `[A]`.</summary>
    public required double[] ActionMin { get; init; }

    /// <summary>The action that 1 stands for, `[A]`.</summary>
    public required double[] ActionMax { get; init; }

    /// <summary>Mean of the states, `[S]`.</summary>
    public required double[] StateMean { get; init; }

    /// <summary>Standard deviation of the states, `[S]`. Range: above 0.</summary>
    public required double[] StateStd { get; init; }

    /// <summary>The dataset's number for a closed gripper; null where it has widths in m.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? GripperClosed { get; init; }

    /// <summary>The dataset's number for an open gripper; null where it has widths in m.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? GripperOpen { get; init; }

    /// <summary>Names the meaning of the state's numbers: other statistics are another meaning.</summary>
    [JsonIgnore]
    public string StateId => $"{StatePrefix}{States.Length}/{Digest(States, StateMean, StateStd)}";

    /// <summary>Names the meaning of the latent's numbers for a horizon.</summary>
    public string LatentIdFor(int horizon) => $"{LatentPrefixFor(horizon, Actions.Length)}{Digest(Actions, ActionMin, ActionMax)}";

    /// <summary>True where an id names a state of normalised joints.</summary>
    public static bool IsStateId(string id) => id.StartsWith(StatePrefix, StringComparison.Ordinal);

    /// <summary>How every id of normalised actions `[horizon, size]` begins.</summary>
    public static string LatentPrefixFor(int horizon, int size) => string.Create(CultureInfo.InvariantCulture, $"joint-actions-{horizon}x{size}/");

    /// <summary>A gripper's width as a number of the dataset: factor and summand. Unit of the width: m.</summary>
    public (double Scale, double Offset) WidthToDataset(GripperProfile gripper)
    {
        if (GripperClosed is not { } closed || GripperOpen is not { } open) return (1, 0);
        var scale = (open - closed) / (gripper.OpenWidthM - gripper.ClosedWidthM);
        return (scale, closed - scale * gripper.ClosedWidthM);
    }

    private string Digest(string[] names, double[] first, double[] second)
    {
        var text = new StringBuilder().AppendJoin('\n', names);
        foreach (var number in (double?[])[.. first, .. second, GripperClosed, GripperOpen])
            text.Append('\n').Append(number?.ToString("R", CultureInfo.InvariantCulture));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..DigestDigits];
    }
}
