using System.Numerics;

namespace DiVLA.Control.RealTime;

/// <summary>What the limiter changed: how often by joint and rule, and the last changes in full. Written by the loop, read by any thread.</summary>
public sealed class InterventionLog
{
    private const int RuleCount = 7;
    private readonly HistoryRing<LimiterIntervention> _last;
    private readonly long[] _counts;

    internal InterventionLog(int jointCount, int capacity)
    {
        JointCount = jointCount;
        _last = new(capacity);
        _counts = new long[(jointCount + 1) * RuleCount];
    }

    /// <summary>Number of joints; also the number that stands for the gripper.</summary>
    public int JointCount { get; }

    /// <summary>Changes made so far.</summary>
    public long Total => _last.Written;

    /// <summary>How often one rule changed one joint's command, or, at <see cref="JointCount"/>, the gripper's.</summary>
    /// <param name="joint">Range: [0, <see cref="JointCount"/>].</param>
    /// <param name="rule">One rule, not several.</param>
    public long Count(int joint, LimiterRules rule) => Volatile.Read(ref _counts[joint * RuleCount + BitOperations.Log2((uint)rule)]);

    /// <summary>The last changes, oldest first.</summary>
    public IReadOnlyList<LimiterIntervention> Snapshot() => _last.Snapshot();

    internal void RecordFromLoop(in LimiterIntervention intervention)
    {
        for (var rules = (uint)intervention.Rules; rules != 0; rules &= rules - 1)
        {
            ref var count = ref _counts[intervention.Joint * RuleCount + BitOperations.TrailingZeroCount(rules)];
            Volatile.Write(ref count, count + 1);
        }
        _last.WriteFromLoop(intervention);
    }
}
