using System.Buffers;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>One row on its way to the file: an observation, and the command in force until the next row.</summary>
internal struct RecordedRow
{
    public MonotonicTime CapturedAt;
    public RobotState State;
    public RobotCommand Command;
    public ulong Tick;
    public ulong PhraseId;

    /// <summary>A frame a camera, packed; handed back by who writes the row.</summary>
    public PackedFrames Frames;
}

/// <summary>Copies of an observation's frames in rented memory.</summary>
internal sealed class PackedFrames
{
    private readonly (byte[] Bytes, int Length)[] _frames;

    /// <summary>Copies the frames.</summary>
    public PackedFrames(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        _frames = new (byte[], int)[frames.Length];
        for (var camera = 0; camera < frames.Length; camera++) _frames[camera] = Copy(frames[camera].Span);
    }

    private PackedFrames(PackedFrames other) => _frames = [.. other._frames.Select(frame => Copy(frame.Bytes.AsSpan(0, frame.Length)))];

    /// <summary>A camera's frame.</summary>
    public ReadOnlySpan<byte> this[int camera] => _frames[camera].Bytes.AsSpan(0, _frames[camera].Length);

    /// <summary>The same frames in memory of their own.</summary>
    public PackedFrames Clone() => new(this);

    /// <summary>Gives the memory back; not to be used afterwards.</summary>
    public void Return()
    {
        foreach (var (bytes, _) in _frames) ArrayPool<byte>.Shared.Return(bytes);
    }

    private static (byte[], int) Copy(ReadOnlySpan<byte> frame)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(bytes);
        return (bytes, frame.Length);
    }
}
