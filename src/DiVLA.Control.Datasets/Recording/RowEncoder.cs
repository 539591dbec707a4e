using DiVLA.Control.Datasets.Images;
using DiVLA.Control.Datasets.Writing;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Datasets.Recording;

/// <summary>Brings frames from the way a robot packs them into the way the dataset keeps them.</summary>
internal sealed class RowEncoder(IReadOnlyList<ContractCamera> cameras, IReadOnlyList<ImageEncoding> encodings)
{
    /// <summary>Adds a picture a camera.</summary>
    /// <exception cref="InvalidDataException">A frame is no picture of the camera's size.</exception>
    public void Add(EpisodeDraft draft, PackedFrames frames)
    {
        for (var camera = 0; camera < cameras.Count; camera++) draft.AddPicture(RobotSchema.ColumnOf(cameras[camera].Name), Unpack(camera, frames[camera]));
    }

    private ReadOnlySpan<byte> Unpack(int camera, ReadOnlySpan<byte> frame)
    {
        var (width, height) = (cameras[camera].WidthPx, cameras[camera].HeightPx);
        if (encodings[camera] == ImageEncoding.Rgb8) return frame.Length == width * height * 3 ? frame : throw Wrong(camera, $"{frame.Length} bytes");
        var picture = PngCodec.TryDecode(frame) ?? throw Wrong(camera, "no JPEG or PNG picture");
        return (picture.Width, picture.Height) == (width, height) ? picture.Rgb : throw Wrong(camera, $"{picture.Width} x {picture.Height} pixels");
    }

    private InvalidDataException Wrong(int camera, string found) =>
        new($"Camera {cameras[camera].Name}: found {found}, expected {encodings[camera]} of {cameras[camera].WidthPx} x {cameras[camera].HeightPx} pixels.");
}
