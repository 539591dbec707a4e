using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DiVLA.Control.Datasets.Images;
using DiVLA.Control.ModelBuilder;
using Microsoft.Win32.SafeHandles;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>All pictures of a set at the policy's size, in one file: uint8 `[N, C, H, W, 3]`.</summary>
/// <remarks>Videos decode quickly from first to last only, and training draws rows at random. The file is made once and found again when a run is resumed.</remarks>
internal sealed class FrameStore : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly int _rowBytes;

    private FrameStore(SafeFileHandle file, int rowBytes) => (_file, _rowBytes) = (file, rowBytes);

    /// <summary>Opens the store of a set in a folder, and makes it where there is none.</summary>
    /// <param name="folder">Where the file goes.</param>
    /// <param name="set">Whose pictures.</param>
    /// <param name="cameras">Size of each camera's pictures, in the policy's order.</param>
    /// <param name="progress">Told pictures done, of how many.</param>
    /// <param name="stop">Ends early.</param>
    /// <exception cref="Datasets.Format.DatasetRejectedException">A picture is damaged.</exception>
    /// <exception cref="OperationCanceledException">Ended early; nothing is left.</exception>
    public static FrameStore Open(string folder, DemonstrationSet set, IReadOnlyList<CameraConfig> cameras, Action<long, long> progress, CancellationToken stop)
    {
        var path = Path.Combine(folder, $"frames-{Fingerprint(set, cameras)}.rgb");
        if (!File.Exists(path)) Make(path, set, cameras, progress, stop);
        return new FrameStore(File.OpenHandle(path, options: FileOptions.RandomAccess), RowBytes(cameras));
    }

    /// <summary>Reads a row's pictures, `[C, H, W, 3]`.</summary>
    public void Read(long row, Span<byte> frames)
    {
        var length = RandomAccess.Read(_file, frames[.._rowBytes], row * _rowBytes);
        if (length != _rowBytes) throw new EndOfStreamException($"Row {row} of the stored pictures has {length} of {_rowBytes} bytes. Delete training/frames-*.rgb of the run; it is made anew.");
    }

    public void Dispose() => _file.Dispose();

    private static void Make(string path, DemonstrationSet set, IReadOnlyList<CameraConfig> cameras, Action<long, long> progress, CancellationToken stop)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var beside = path + ".part";
        using (var file = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
        {
            var (done, first) = (0L, 0L);
            foreach (var data in set.Datasets)
            {
                for (var camera = 0; camera < cameras.Count; camera++)
                    foreach (var _ in Write(file, data, camera, cameras, first))
                    {
                        stop.ThrowIfCancellationRequested();
                        progress(++done, set.Rows * cameras.Count);
                    }
                first += data.Dataset.Rows;
            }
        }
        File.Move(beside, path, overwrite: true);
    }

    private static IEnumerable<long> Write(SafeFileHandle file, DemonstrationDataset data, int camera, IReadOnlyList<CameraConfig> cameras, long first)
    {
        var (column, size) = (data.Cameras[camera], cameras[camera]);
        var source = data.Dataset.Info.Features[column].Picture;
        var resampler = new Resampler(source.Width, source.Height, size.Width, size.Height);
        var picture = new byte[Bytes(size)];
        var before = cameras.Take(camera).Sum(Bytes);
        foreach (var frame in data.Dataset.Frames(column))
        {
            resampler.Resample(frame.Rgb, picture);
            RandomAccess.Write(file, picture, (first + frame.Row) * RowBytes(cameras) + before);
            yield return frame.Row;
        }
    }

    // Other files, other columns or other sizes make another store.
    private static string Fingerprint(DemonstrationSet set, IReadOnlyList<CameraConfig> cameras)
    {
        var text = new StringBuilder();
        foreach (var camera in cameras) text.Append(CultureInfo.InvariantCulture, $"{camera.Name} {camera.Width} {camera.Height}\n");
        foreach (var data in set.Datasets)
        {
            text.AppendJoin('\n', data.Cameras).Append('\n');
            foreach (var file in Directory.EnumerateFiles(data.Dataset.Directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => new FileInfo(path)))
                text.Append(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(data.Dataset.Directory, file.FullName)} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    private static int RowBytes(IReadOnlyList<CameraConfig> cameras) => cameras.Sum(Bytes);

    private static int Bytes(CameraConfig camera) => camera.Width * camera.Height * 3;
}
