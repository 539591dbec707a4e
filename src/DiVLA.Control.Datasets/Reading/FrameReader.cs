using Apache.Arrow;
using Apache.Arrow.Types;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Images;
using DiVLA.Control.Datasets.Tables;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>One camera's picture of one row.</summary>
/// <param name="Row">Among all rows of the dataset.</param>
/// <param name="Rgb">`[H, W, 3]`, valid until the next frame is asked for.</param>
public readonly record struct DatasetFrame(long Row, byte[] Rgb);

/// <summary>Reads all pictures of a camera, file by file from first to last: videos cannot be read quickly in any other order.</summary>
internal static class FrameReader
{
    /// <summary>Pictures that are embedded in the tables.</summary>
    /// <exception cref="DatasetRejectedException">A picture is missing, damaged or of another size.</exception>
    public static IEnumerable<DatasetFrame> Embedded(LeRobotDataset dataset, string camera)
    {
        var faults = new FaultList(dataset.Directory);
        var row = 0L;
        foreach (var location in dataset.Episodes.Select(episode => episode.Data).Distinct().OrderBy(file => (file.Chunk, file.File)))
        {
            var file = DatasetPaths.Fill(dataset.Info.DataPath, location);
            using var table = TableReader.TryOpen(dataset.Directory, file, faults);
            faults.ThrowIfAny();
            var inFile = 0L;
            foreach (var chunk in table!.Stream(camera))
                for (var i = 0; i < chunk.Length; i++) yield return new DatasetFrame(row++, Picture(dataset, camera, file, inFile++, chunk, i));
        }
    }

    /// <summary>Pictures that are frames of video files.</summary>
    /// <exception cref="DatasetRejectedException">A video ends early.</exception>
    /// <exception cref="FfmpegException">ffmpeg is missing, or a video is damaged.</exception>
    public static IEnumerable<DatasetFrame> Video(LeRobotDataset dataset, string camera, IReadOnlyList<int> firstFrames)
    {
        var size = dataset.Info.Features[camera].Picture;
        foreach (var file in dataset.Episodes.GroupBy(episode => episode.Videos[camera].File).OrderBy(file => (file.Key.Chunk, file.Key.File)))
        {
            var name = DatasetPaths.Fill(dataset.Info.VideoPath!, file.Key, camera);
            using var decoder = new VideoDecoder(Path.Combine(dataset.Directory, name), size.Width, size.Height);
            var at = 0;
            foreach (var episode in file.OrderBy(episode => firstFrames[episode.Index]))
            {
                for (; at < firstFrames[episode.Index]; at++) _ = decoder.Next();
                for (var row = 0; row < episode.Length; row++, at++)
                    yield return new DatasetFrame(episode.From + row, decoder.Next() ?? throw Reject(dataset, name, row, camera, $"the video ends after {at} decoded frames"));
            }
        }
    }

    private static byte[] Picture(LeRobotDataset dataset, string camera, string file, long row, IArrowArray chunk, int index)
    {
        var pictures = (StructArray)chunk;
        var bytes = (BinaryArray)pictures.Fields[((StructType)pictures.Data.DataType).GetFieldIndex("bytes")];
        if (bytes.IsNull(index)) throw Reject(dataset, file, row, camera, "the picture is not embedded. Save the dataset with embedded images.");
        var size = dataset.Info.Features[camera].Picture;
        var picture = PngCodec.TryDecode(bytes.GetBytes(index)) ?? throw Reject(dataset, file, row, camera, $"the {bytes.GetBytes(index).Length} bytes are no PNG or JPEG picture");
        if ((picture.Height, picture.Width) != (size.Height, size.Width))
            throw Reject(dataset, file, row, camera, $"the picture is {picture.Width} x {picture.Height}, expected {size} as info.json says");
        return picture.Rgb;
    }

    private static DatasetRejectedException Reject(LeRobotDataset dataset, string file, long row, string camera, string problem) =>
        new(dataset.Directory, [new DatasetFault(file, row, camera, problem)]);
}
