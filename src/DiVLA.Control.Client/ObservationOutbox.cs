using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Google.Protobuf;

namespace DiVLA.Control.Client;

/// <summary>Holds the newest observation until the sender takes it. A newer one replaces it; nothing queues.</summary>
/// <remarks>Two slots that change hands: the robot writes into one while the other is on its way out. Steady state allocates no buffers.</remarks>
internal sealed class ObservationOutbox
{
    private readonly Lock _gate = new();
    private readonly EmbodimentContract _contract;
    private readonly Observation _message = new() { State = new ArmState() };
    private Slot _newest;
    private Slot _sending;
    private ulong _sequence;
    private long _cleared;
    private bool _hasNewest;

    public ObservationOutbox(EmbodimentContract contract, IReadOnlyList<ImageEncoding> encodings)
    {
        _contract = contract;
        _newest = new Slot(contract.Cameras.Count);
        _sending = new Slot(contract.Cameras.Count);
        for (var camera = 0; camera < contract.Cameras.Count; camera++)
            _message.Frames.Add(new CameraFrame
            {
                Camera = contract.Cameras[camera].Name,
                Encoding = encodings[camera],
                WidthPx = (uint)contract.Cameras[camera].WidthPx,
                HeightPx = (uint)contract.Cameras[camera].HeightPx,
            });
    }

    /// <summary>Observations that a newer one replaced before they were sent.</summary>
    public long Superseded { get; private set; }

    /// <summary>Observations that no session sends any more: a stop goes before them, and a new session does not begin with them. One that waits counts until it is sent.</summary>
    public long Unsent
    {
        get
        {
            lock (_gate) return _cleared + (_hasNewest ? 1 : 0);
        }
    }

    /// <summary>Copies an observation in. Any thread of the robot.</summary>
    /// <returns>Its sequence number.</returns>
    public ulong Post(MonotonicTime capturedAt, in RobotState state, ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        if (frames.Length != _contract.Cameras.Count)
            throw new ArgumentException($"The contract has {_contract.Cameras.Count} cameras, found {frames.Length} frames.", nameof(frames));
        lock (_gate)
        {
            if (_hasNewest) Superseded++;
            _newest.CapturedAt = capturedAt;
            _newest.State = state;
            _newest.Sequence = ++_sequence;
            for (var camera = 0; camera < frames.Length; camera++) _newest.CopyFrame(camera, frames[camera].Span);
            _hasNewest = true;
            return _sequence;
        }
    }

    /// <summary>Drops what has not been sent: a new session must not begin with an old picture.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            if (_hasNewest) _cleared++;
            _hasNewest = false;
        }
    }

    /// <summary>Takes the newest observation as a message that is valid until the next call. Only the sender.</summary>
    public bool TryTake(out Observation message)
    {
        message = _message;
        lock (_gate)
        {
            if (!_hasNewest) return false;
            (_newest, _sending) = (_sending, _newest);
            _hasNewest = false;
        }
        message.Sequence = _sending.Sequence;
        message.CapturedNs = _sending.CapturedAt.Nanoseconds;
        RobotMessages.Fill(message.State, _sending.State);
        for (var camera = 0; camera < message.Frames.Count; camera++)
            message.Frames[camera].Data = UnsafeByteOperations.UnsafeWrap(_sending.Frame(camera));
        return true;
    }

    private sealed class Slot(int cameras)
    {
        private readonly byte[][] _frames = [.. Enumerable.Repeat(Array.Empty<byte>(), cameras)];
        private readonly int[] _lengths = new int[cameras];

        public ulong Sequence { get; set; }

        public MonotonicTime CapturedAt { get; set; }

        public RobotState State { get; set; }

        public ReadOnlyMemory<byte> Frame(int camera) => _frames[camera].AsMemory(0, _lengths[camera]);

        // Encoded pictures vary in size: half as much again as was needed keeps the buffer from growing for ever.
        public void CopyFrame(int camera, ReadOnlySpan<byte> frame)
        {
            if (_frames[camera].Length < frame.Length) _frames[camera] = new byte[frame.Length + frame.Length / 2];
            frame.CopyTo(_frames[camera]);
            _lengths[camera] = frame.Length;
        }
    }
}
