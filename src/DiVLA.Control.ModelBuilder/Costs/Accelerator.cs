namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>A GPU as its maker describes it.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Title">As people know it.</param>
/// <param name="Bandwidth">Of its memory. Unit: bytes/s.</param>
/// <param name="HalfRate">Products of 16-bit numbers, dense. Unit: FLOP/s.</param>
/// <param name="SingleRate">Products of fp32 numbers. Unit: FLOP/s.</param>
/// <param name="MemoryBytes">Unit: bytes.</param>
public sealed record Accelerator(string Name, string Title, double Bandwidth, double HalfRate, double SingleRate, long MemoryBytes)
{
    private const long GB = 1_000_000_000;

    // What the best implementations reach of a roofline (73 to 83 %), and the gap between two kernels of a recorded graph.
    private const double Reachable = 0.75;
    private const double KernelGapSeconds = 1.25e-6;

    /// <summary>Those with figures here.</summary>
    public static IReadOnlyList<Accelerator> Known { get; } =
    [
        new("a6000", "RTX A6000", 768e9, 155e12, 38.7e12, 48 * GB),
        new("rtx4090", "RTX 4090", 1008e9, 165e12, 82.6e12, 24 * GB),
        new("h100", "H100 SXM", 3350e9, 989e12, 67e12, 80 * GB),
        new("h200", "H200 SXM", 4800e9, 989e12, 67e12, 141 * GB),
    ];

    /// <summary>The one of this name, in capitals or not; null where there is none.</summary>
    public static Accelerator? Find(string name) => Known.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name, as people type it.</summary>
    public override string ToString() => Name;

    /// <summary>Time that a node takes at least: its products, or the reading of its weights, whichever is longer. Unit: s.</summary>
    /// <remarks>What passes from node to node is left out: on these devices it fits into the caches.</remarks>
    internal double SecondsOf(NodeCost cost) => Math.Max(cost.Flops / (cost.IsHalf ? HalfRate : SingleRate), cost.StoredBytes / Bandwidth);

    /// <summary>What a good implementation takes where the roofline is `seconds`, with the gaps between its kernels. Unit: s.</summary>
    internal static double Expected(double seconds, int kernels) => seconds / Reachable + kernels * KernelGapSeconds;
}
