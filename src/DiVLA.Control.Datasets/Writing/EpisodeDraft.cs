using Apache.Arrow;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Statistics;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>An episode that is being recorded, row by row. It is part of the dataset only once it is committed; disposing it without leaves no trace.</summary>
public sealed class EpisodeDraft : IDisposable
{
    private readonly DatasetSpecification _specification;
    private readonly OrderedDictionary<string, ColumnDraft> _columns = [];
    private readonly List<LanguageRow> _phrases = [];
    private readonly string _folder;

    internal EpisodeDraft(DatasetSpecification specification, string folder)
    {
        (_specification, _folder) = (specification, folder);
        Directory.CreateDirectory(folder);
        foreach (var (name, feature) in specification.Features)
            if (!feature.IsLanguage) _columns.Add(name, Column(name, feature));
    }

    /// <summary>Rows so far.</summary>
    public int Length { get; private set; }

    internal IEnumerable<(string Key, VideoColumn Column)> Videos => _columns.Where(column => column.Value is VideoColumn).Select(column => (column.Key, (VideoColumn)column.Value));

    /// <summary>Gives a row's numbers of a `float32` column.</summary>
    public void Add(string feature, params ReadOnlySpan<float> values) => ((RealColumn)_columns[feature]).Add(values);

    /// <summary>Gives a row's number of an `int64` column.</summary>
    public void Add(string feature, long value) => ((IntegerColumn)_columns[feature]).Add(value);

    /// <summary>Gives a row's answer of a `bool` column.</summary>
    public void Add(string feature, bool value) => ((BooleanColumn)_columns[feature]).Add(value);

    /// <summary>Gives a row's picture of a camera, RGB8 `[H, W, 3]`. It is encoded before this returns.</summary>
    /// <exception cref="Video.FfmpegException">A video cannot be encoded.</exception>
    public void AddPicture(string feature, ReadOnlySpan<byte> rgb) => ((CameraColumn)_columns[feature]).Add(rgb);

    /// <summary>Adds a phrase that holds from its time on.</summary>
    public void Say(LanguageRow phrase) => _phrases.Add(phrase);

    /// <summary>Ends the row.</summary>
    /// <exception cref="InvalidOperationException">A column was given no value, or more than one.</exception>
    public void EndRow()
    {
        Length++;
        foreach (var (name, column) in _columns)
            if (column.Rows != Length) throw new InvalidOperationException($"Column {name} has {column.Rows} values after {Length} rows.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var column in _columns.Values) column.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Columns of the data file, and statistics of all columns, in the order of the tables.</summary>
    internal EpisodeTable Finish(int episode, long firstRow, long task)
    {
        var table = new EpisodeTable([], []);
        foreach (var (name, feature) in _specification.Features)
            if (feature.IsLanguage) table.Columns.Add((name, name == FeatureNames.LanguagePersistent ? ArrowColumns.Phrases(_phrases, Length) : ArrowColumns.NoEvents(Length)));
            else Finish(table, name, _columns[name]);
        foreach (var (name, column) in Bookkeeping(episode, firstRow, task)) Finish(table, name, column);
        return table;
    }

    private static void Finish(EpisodeTable table, string name, ColumnDraft column)
    {
        if (column.ToArrow() is { } values) table.Columns.Add((name, values));
        table.Statistics.Add(name, column.Measure());
    }

    private IEnumerable<(string Name, ColumnDraft Column)> Bookkeeping(int episode, long firstRow, long task)
    {
        var (time, frame, number, index, tasks) = (new RealColumn(1), new IntegerColumn(), new IntegerColumn(), new IntegerColumn(), new IntegerColumn());
        for (var row = 0; row < Length; row++)
        {
            time.Add([(float)((double)row / _specification.Fps)]);
            frame.Add(row);
            number.Add(episode);
            index.Add(firstRow + row);
            tasks.Add(task);
        }
        return [(FeatureNames.Timestamp, time), (FeatureNames.FrameIndex, frame), (FeatureNames.EpisodeIndex, number), (FeatureNames.Index, index), (FeatureNames.TaskIndex, tasks)];
    }

    private ColumnDraft Column(string name, Feature feature) => feature switch
    {
        { Dtype: "float32" } => new RealColumn(feature.Width),
        { Dtype: "int64", Width: 1 } => new IntegerColumn(),
        { Dtype: "bool", Width: 1 } => new BooleanColumn(),
        { Dtype: "image" } => new ImageColumn(feature),
        { Dtype: "video" } => new VideoColumn(feature, Path.Combine(_folder, name + ".mp4"), _specification.Codec, _specification.Fps),
        _ => throw new ArgumentException($"Column {name}: {feature.Dtype} of width {feature.Width} cannot be written."),
    };
}

/// <summary>What a finished episode adds to the files.</summary>
/// <param name="Columns">Of the data file.</param>
/// <param name="Statistics">Of all columns that have numbers, pictures included.</param>
internal sealed record EpisodeTable(List<(string Name, IArrowArray Values)> Columns, OrderedDictionary<string, FeatureStatistics> Statistics);
