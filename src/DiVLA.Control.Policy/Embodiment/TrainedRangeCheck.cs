using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Refuses joints and latents outside what the embodiment's map was trained on: beyond, it extrapolates linearly and explodes.</summary>
internal sealed class TrainedRangeCheck
{
    private readonly EmbodimentMapping _mapping;
    private readonly EmbodimentCheckOptions _options;

    public TrainedRangeCheck(EmbodimentMapping mapping, EmbodimentCheckOptions options) => (_mapping, _options) = (mapping, options);

    /// <summary>False, with the first number that leaves its range, where the map must not be used. Does not allocate.</summary>
    public bool Accepts(in JointPositions commanded, ReadOnlySpan<float> latent, out RangeReport report) =>
        AcceptsJoints(commanded, out report) && AcceptsLatent(latent, out report);

    private bool AcceptsJoints(in JointPositions commanded, out RangeReport report)
    {
        report = default;
        for (var joint = 0; joint < commanded.Count; joint++)
        {
            var lower = _mapping.TrainedLowerRad[joint] - _options.JointMarginRad;
            var upper = _mapping.TrainedUpperRad[joint] + _options.JointMarginRad;
            if (commanded[joint] >= lower && commanded[joint] <= upper) continue;
            report = new RangeReport(RangedQuantity.CommandedJoint, joint, 0, commanded[joint], lower, upper);
            return false;
        }
        return true;
    }

    private bool AcceptsLatent(ReadOnlySpan<float> latent, out RangeReport report)
    {
        report = default;
        for (var number = 0; number < latent.Length; number++)
        {
            var index = number % _mapping.TrainedLatentMax.Length;
            var limit = _mapping.TrainedLatentMax[index] * _options.LatentMargin;
            if (Math.Abs(latent[number]) <= limit) continue;
            report = new RangeReport(RangedQuantity.Latent, index, number / _mapping.TrainedLatentMax.Length, latent[number], -limit, limit);
            return false;
        }
        return true;
    }
}
