using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx.Devices;

namespace DiVLA.Control.Policy.Decode;

/// <summary>JPEG, PNG or RGB8 frames to uint8 pictures of the size that the backbone takes, in the policy's order of cameras.</summary>
internal sealed class DecodeStage : IDisposable
{
    private readonly CameraManifest[] _cameras;
    private readonly CameraDecoder[] _decoders;
    private readonly bool[] _seen;

    /// <param name="manifest">The policy.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public DecodeStage(PolicyManifest manifest, DeviceMemory? device = null)
    {
        _cameras = manifest.Cameras;
        _decoders = Array.ConvertAll(_cameras, camera => new CameraDecoder(camera));
        _seen = new bool[_cameras.Length];
        Frames = new CameraTensors(manifest, device);
    }

    public CameraTensors Frames { get; }

    /// <summary>Decodes every frame into its place, or says which one is wrong and why.</summary>
    public FrameReport Run(ReadOnlySpan<CameraFrame> frames)
    {
        Array.Clear(_seen);
        foreach (ref readonly var frame in frames)
        {
            var report = DecodeOne(frame);
            if (report.Outcome != FrameOutcome.Ok) return report;
        }
        var missing = Array.IndexOf(_seen, false);
        return missing < 0 ? default : new FrameReport(FrameOutcome.MissingCamera, _cameras[missing].Name);
    }

    /// <inheritdoc/>
    public void Dispose() => Frames.Dispose();

    private FrameReport DecodeOne(in CameraFrame frame)
    {
        var index = IndexOf(frame.Camera);
        if (index < 0) return new FrameReport(FrameOutcome.UnknownCamera, frame.Camera);
        if (_seen[index]) return new FrameReport(FrameOutcome.DuplicateCamera, frame.Camera);
        _seen[index] = true;
        return _decoders[index].Decode(frame, Frames[index]);
    }

    private int IndexOf(string name)
    {
        for (var index = 0; index < _cameras.Length; index++)
            if (string.Equals(_cameras[index].Name, name, StringComparison.Ordinal)) return index;
        return -1;
    }
}
