using DiVLA.Control.ModelBuilder.Checkpoints.Published;

namespace DiVLA.Control.ModelBuilder.Graphs.Unet;

/// <summary>A residual block of the U-Net: two convolutions, FiLM between them.</summary>
/// <param name="Name">Path in the checkpoint under `policy_head`, as `down_modules.0.1`.</param>
/// <param name="From">Channels that come in.</param>
/// <param name="To">Channels that go out.</param>
/// <param name="Length">Positions along the trajectory.</param>
internal sealed record UnetBlock(string Name, int From, int To, int Length)
{
    /// <summary>Prefix of the block's tensors.</summary>
    public string WeightName => $"policy_head.{Name}";

    /// <summary>The block's sum needs a 1 x 1 convolution on its way around.</summary>
    public bool HasResidualConvolution => From != To;
}

/// <summary>The blocks of a U-Net, level by level.</summary>
/// <remarks>
/// A skip leaves each level after its two blocks. The topmost one is never read: there is one level less on the way up, as published.
/// </remarks>
internal sealed class UnetShape
{
    private readonly UnetHeadConfig _config;

    public UnetShape(UnetHeadConfig config)
    {
        _config = config;
        Down = [.. Enumerable.Range(0, config.Levels).Select(level => Pair($"down_modules.{level}", InputOf(level), config.Channels[level], LengthAt(level)))];
        Middle = Pair("mid_modules", config.Channels[^1], config.Channels[^1], LengthAt(config.Levels - 1));
        Up = [.. Enumerable.Range(0, config.Levels - 1).Select(UpPair)];
    }

    /// <summary>Two blocks a level.</summary>
    public IReadOnlyList<UnetBlock[]> Down { get; }

    public UnetBlock[] Middle { get; }

    /// <summary>Two blocks a level, deepest first; the first of each reads a skip too.</summary>
    public IReadOnlyList<UnetBlock[]> Up { get; }

    /// <summary>All blocks in the order they run.</summary>
    public IEnumerable<UnetBlock> Blocks => [.. Down.SelectMany(pair => pair), .. Middle, .. Up.SelectMany(pair => pair)];

    private UnetBlock[] UpPair(int index)
    {
        var level = _config.Levels - 1 - index;
        return Pair($"up_modules.{index}", 2 * _config.Channels[level], _config.Channels[level - 1], LengthAt(level));
    }

    private int InputOf(int level) => level == 0 ? _config.ActionSize : _config.Channels[level - 1];

    private int LengthAt(int level) => _config.Horizon >> level;

    private static UnetBlock[] Pair(string name, int from, int to, int length) =>
        [new($"{name}.0", from, to, length), new($"{name}.1", to, to, length)];
}
