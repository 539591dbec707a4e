using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Remembers what the presence head saw a moment ago, so that an object behind the arm is not lost. Written at every inference, read by any thread.</summary>
/// <remarks>
/// Each kind's presence is averaged over a few pictures against flicker, and counts as seen for as long as its greatest average of the last
/// second or so reached the threshold: the instant when it last did is all that has to be kept. Times are those of the observations.
/// </remarks>
internal sealed class SceneWatch
{
    private readonly string[] _kinds;
    private readonly SceneOptions _options;
    private readonly double[] _averages;
    private readonly long[] _seenNs;
    private long _newestNs;
    private volatile bool _hasLooked;
    private volatile bool _isHolding;

    public SceneWatch(SceneManifest? scene, SceneOptions options)
    {
        _kinds = scene?.Kinds ?? [];
        _options = options;
        _averages = new double[_kinds.Length];
        _seenNs = new long[_kinds.Length];
        Array.Fill(_seenNs, long.MinValue);
    }

    /// <summary>False where the policy has no presence head.</summary>
    public bool CanLook => _kinds.Length > 0;

    /// <summary>False before the first picture.</summary>
    public bool HasLooked => _hasLooked;

    /// <summary>Whether the gripper holds something.</summary>
    public bool IsHolding => _isHolding;

    /// <summary>Takes in one picture. Does not allocate.</summary>
    /// <param name="presence">`[K]`, each 0 to 1; empty without a presence head.</param>
    /// <param name="capturedAt">When it was taken.</param>
    /// <param name="isHolding">What the arm reports.</param>
    public void SeeFromPolicyThread(ReadOnlySpan<float> presence, MonotonicTime capturedAt, bool isHolding)
    {
        var share = _hasLooked ? 1 - Math.Exp((_newestNs - capturedAt.Nanoseconds) / _options.Smoothing.TotalNanoseconds) : 1;
        for (var kind = 0; kind < presence.Length; kind++)
        {
            _averages[kind] += share * (presence[kind] - _averages[kind]);
            if (_averages[kind] >= _options.Threshold) Volatile.Write(ref _seenNs[kind], capturedAt.Nanoseconds);
        }
        Volatile.Write(ref _newestNs, capturedAt.Nanoseconds);
        (_isHolding, _hasLooked) = (isHolding, true);
    }

    /// <summary>Whether a kind was in the scene a moment ago.</summary>
    public bool Sees(string kind)
    {
        var index = Array.IndexOf(_kinds, kind);
        if (index < 0) return false;
        var seen = Volatile.Read(ref _seenNs[index]);
        return seen != long.MinValue && Volatile.Read(ref _newestNs) - seen <= _options.Memory.TotalNanoseconds;
    }
}
