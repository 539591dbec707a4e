using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;
using Google.Protobuf.Collections;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Room for one observation, with all its frames. Allocated when the session opens and used again and again.</summary>
internal sealed class ObservationSlot
{
    private readonly IReadOnlyList<SessionCamera> _cameras;
    private readonly byte[][] _buffers;
    private readonly CameraFrame[] _frames;
    private RobotState _state;

    public ObservationSlot(IReadOnlyList<SessionCamera> cameras)
    {
        _cameras = cameras;
        _buffers = [.. cameras.Select(camera => new byte[camera.MaxBytes])];
        _frames = new CameraFrame[cameras.Count];
    }

    public ulong Sequence { get; private set; }

    /// <summary>Service clock.</summary>
    public MonotonicTime CapturedAt { get; private set; }

    /// <summary>Service clock.</summary>
    public MonotonicTime ReceivedAt { get; private set; }

    /// <summary>What the arm reported.</summary>
    public ref readonly RobotState State => ref _state;

    /// <summary>The observation as the policy reads it; valid as long as this slot is not filled again.</summary>
    public Observation AsObservation() => new()
    {
        Sequence = Sequence,
        CapturedAt = CapturedAt,
        Frames = _frames,
        State = _state,
    };

    /// <summary>Copies an accepted observation in.</summary>
    public void FillFromIngress(Wire.Observation message, MonotonicTime capturedAt, MonotonicTime receivedAt)
    {
        Sequence = message.Sequence;
        CapturedAt = capturedAt;
        ReceivedAt = receivedAt;
        _state = ToDomain(message.State);
        // Repeated fields hand out an enumerator on the heap.
        for (var index = 0; index < message.Frames.Count; index++) CopyFrame(message.Frames[index]);
    }

    private void CopyFrame(Wire.CameraFrame frame)
    {
        var index = 0;
        while (_cameras[index].Name != frame.Camera) index++;
        var camera = _cameras[index];
        frame.Data.Span.CopyTo(_buffers[index]);
        _frames[index] = new CameraFrame(camera.Name, camera.Encoding, camera.WidthPx, camera.HeightPx, _buffers[index].AsMemory(0, frame.Data.Length));
    }

    private static RobotState ToDomain(Wire.ArmState state)
    {
        Span<double> numbers = stackalloc double[JointValues.Capacity];
        return new RobotState(
            new JointPositions(Copy(state.JointPositionsRad, numbers)),
            new JointVelocities(Copy(state.JointVelocitiesRadPerS, numbers)),
            new JointPositions(Copy(state.CommandedJointsRad, numbers)),
            state.GripperWidthM,
            state.IsHolding);
    }

    private static ReadOnlySpan<double> Copy(RepeatedField<double> field, Span<double> numbers)
    {
        for (var index = 0; index < field.Count; index++) numbers[index] = field[index];
        return numbers[..field.Count];
    }
}
