namespace DiVLA.Control.Policy.Decode;

/// <summary>One camera's picture as it arrived.</summary>
/// <param name="Camera">Name of the camera, as in policy.json.</param>
/// <param name="Encoding">How <paramref name="Data"/> is packed.</param>
/// <param name="Width">Width that the sender declares. Unit: pixels.</param>
/// <param name="Height">Height that the sender declares. Unit: pixels.</param>
/// <param name="Data">The encoded bytes. Must stay as they are until the inference that reads them returns.</param>
public readonly record struct CameraFrame(string Camera, FrameEncoding Encoding, int Width, int Height, ReadOnlyMemory<byte> Data);

/// <summary>How the pixels of a frame are packed.</summary>
public enum FrameEncoding
{
    /// <summary>Three bytes a pixel, row by row from the top left, no padding.</summary>
    Rgb8,

    Jpeg,

    Png,
}
