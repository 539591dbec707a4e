using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;

namespace DiVLA.Control.Policy.Decode;

/// <summary>The cameras' pictures as the backbone takes them: uint8 `frames [1, C, h, w, 3]`, or in a chat `frames.i [h, w, 3]` of each camera's own size.</summary>
internal sealed class CameraTensors : IDisposable
{
    private const int BytesPerPixel = 3;

    private readonly GraphTensor<byte>[] _tensors;
    private readonly int[] _lengths;

    /// <param name="manifest">The policy.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public CameraTensors(PolicyManifest manifest, DeviceMemory? device = null)
    {
        var cameras = manifest.Cameras;
        IsStacked = manifest.Prompt.Kind == PromptKind.Instruction;
        _lengths = Array.ConvertAll(cameras, camera => camera.PictureWidth * camera.PictureHeight * BytesPerPixel);
        _tensors = IsStacked
            ? [new GraphTensor<byte>(device, 1, cameras.Length, cameras[0].PictureHeight, cameras[0].PictureWidth, BytesPerPixel)]
            : Array.ConvertAll(cameras, camera => new GraphTensor<byte>(device, camera.PictureHeight, camera.PictureWidth, BytesPerPixel));
    }

    /// <summary>Names and tensors to bind.</summary>
    public IEnumerable<(string Name, GraphTensor Tensor)> Named =>
        IsStacked ? [("frames", _tensors[0])] : _tensors.Select((tensor, camera) => ($"frames.{camera}", (GraphTensor)tensor));

    private bool IsStacked { get; }

    /// <summary>Pixels of one camera, row by row from the top left.</summary>
    public Span<byte> this[int camera] =>
        IsStacked ? _tensors[0].Span.Slice(camera * _lengths[camera], _lengths[camera]) : _tensors[camera].Span;

    /// <summary>Copies all pictures of tensors for the same cameras.</summary>
    public void CopyFrom(CameraTensors source)
    {
        for (var i = 0; i < _tensors.Length; i++) source._tensors[i].Span.CopyTo(_tensors[i].Span);
    }

    /// <summary>Brings all pictures to where graphs run. Does not allocate.</summary>
    public void Upload()
    {
        foreach (var tensor in _tensors) tensor.Upload();
    }

    /// <summary>Makes every picture one shade.</summary>
    public void Fill(byte shade)
    {
        foreach (var tensor in _tensors) tensor.Span.Fill(shade);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors) tensor.Dispose();
    }
}
