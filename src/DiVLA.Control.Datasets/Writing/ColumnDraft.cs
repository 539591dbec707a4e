using Apache.Arrow;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Images;
using DiVLA.Control.Datasets.Statistics;
using DiVLA.Control.Datasets.Tables;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>A column of the episode that is being recorded.</summary>
internal abstract class ColumnDraft : IDisposable
{
    /// <summary>Rows so far.</summary>
    public abstract int Rows { get; }

    /// <summary>The column as the data file has it; null where it is in no table.</summary>
    public abstract IArrowArray? ToArrow();

    /// <summary>How its numbers are spread.</summary>
    public abstract FeatureStatistics Measure();

    public virtual void Dispose()
    {
    }
}

/// <summary>Vectors of single-precision numbers, `[rows, width]`.</summary>
internal sealed class RealColumn(int width) : ColumnDraft
{
    private readonly List<float> _values = [];

    public override int Rows => _values.Count / width;

    public void Add(ReadOnlySpan<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, width, nameof(row));
        _values.AddRange(row);
    }

    public override IArrowArray ToArrow() => width == 1 ? ArrowColumns.Floats(_values) : ArrowColumns.Vectors(ArrowColumns.Floats(_values), width);

    public override FeatureStatistics Measure() => ColumnStatistics.Measure(StatisticsKind.Real, _values.Select(value => (double)value).ToArray(), width);
}

/// <summary>Whole numbers, one a row.</summary>
internal sealed class IntegerColumn : ColumnDraft
{
    private readonly List<long> _values = [];

    public override int Rows => _values.Count;

    public void Add(long value) => _values.Add(value);

    public override IArrowArray ToArrow() => ArrowColumns.Integers(_values);

    public override FeatureStatistics Measure() => ColumnStatistics.Measure(StatisticsKind.Whole, _values.Select(value => (double)value).ToArray(), 1);
}

/// <summary>Yes and no, one a row.</summary>
internal sealed class BooleanColumn : ColumnDraft
{
    private readonly List<bool> _values = [];

    public override int Rows => _values.Count;

    public void Add(bool value) => _values.Add(value);

    public override IArrowArray ToArrow() => ArrowColumns.Booleans(_values);

    public override FeatureStatistics Measure() => ColumnStatistics.Measure(StatisticsKind.Real, _values.Select(value => value ? 1.0 : 0).ToArray(), 1);
}

/// <summary>A camera's pictures.</summary>
internal abstract class CameraColumn(Feature feature) : ColumnDraft
{
    private readonly PictureStatistics _statistics = new(feature.Picture.Width, feature.Picture.Height);
    private int _rows;

    public override int Rows => _rows;

    protected int Height { get; } = feature.Picture.Height;

    protected int Width { get; } = feature.Picture.Width;

    /// <summary>Adds a picture, `[H, W, 3]`.</summary>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, Height * Width * 3, nameof(rgb));
        _statistics.Add(rgb);
        Keep(rgb, _rows++);
    }

    public override FeatureStatistics Measure() => _statistics.Measure();

    protected abstract void Keep(ReadOnlySpan<byte> rgb, int row);
}

/// <summary>Pictures in the table, as PNG files: nothing is lost.</summary>
internal sealed class ImageColumn(Feature feature) : CameraColumn(feature)
{
    private readonly List<byte[]> _files = [];

    public override IArrowArray ToArrow() => ArrowColumns.Pictures(_files, Enumerable.Range(0, _files.Count).Select(row => FormattableString.Invariant($"frame-{row:000000}.png")));

    protected override void Keep(ReadOnlySpan<byte> rgb, int row) => _files.Add(PngCodec.Encode(rgb, Width, Height));
}

/// <summary>Pictures as frames of a video that is encoded while they come.</summary>
internal sealed class VideoColumn(Feature feature, string path, VideoCodec codec, int fps) : CameraColumn(feature)
{
    private VideoEncoder? _encoder;

    /// <summary>The video, whole once <see cref="Finish"/> has returned.</summary>
    public string Path => path;

    public override IArrowArray? ToArrow() => null;

    /// <exception cref="FfmpegException">ffmpeg failed.</exception>
    public void Finish() => _encoder?.Finish();

    public override void Dispose()
    {
        _encoder?.Dispose();
        base.Dispose();
    }

    protected override void Keep(ReadOnlySpan<byte> rgb, int row)
    {
        _encoder ??= new VideoEncoder(path, codec, Width, Height, fps);
        _encoder.Add(rgb);
    }
}
