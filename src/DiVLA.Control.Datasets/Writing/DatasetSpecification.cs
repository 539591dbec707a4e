using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Statistics;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>What a dataset that is written shall be.</summary>
public sealed record DatasetSpecification
{
    /// <summary>Rows a second. Range: 1 and up.</summary>
    public required int Fps { get; init; }

    /// <summary>Name of the embodiment.</summary>
    public required string RobotType { get; init; }

    /// <summary>Columns without those that count rows: `float32`, `int64`, `bool`, `image`, `video` and `language`.</summary>
    public required OrderedDictionary<string, Feature> Features { get; init; }

    /// <summary>How videos are compressed.</summary>
    public VideoCodec Codec { get; init; } = VideoCodec.Av1;

    /// <summary>All columns, in the order of the tables.</summary>
    internal OrderedDictionary<string, Feature> AllFeatures()
    {
        var all = new OrderedDictionary<string, Feature>();
        foreach (var (name, feature) in Features) all.Add(name, feature);
        foreach (var (name, feature) in FeatureNames.Bookkeeping) all.Add(name, feature);
        return all;
    }

    internal DatasetInfo Empty() => new()
    {
        CodebaseVersion = DatasetInfo.Version,
        RobotType = RobotType,
        TotalEpisodes = 0,
        TotalFrames = 0,
        TotalTasks = 0,
        Fps = Fps,
        VideoPath = Features.Values.Any(feature => feature.IsVideo) ? DatasetPaths.Video : null,
        Features = AllFeatures(),
    };

    /// <summary>How a column's statistics are written; null where it has none.</summary>
    internal static StatisticsKind? KindOf(Feature feature) => feature switch
    {
        { IsCamera: true } => StatisticsKind.Picture,
        { IsInteger: true } => StatisticsKind.Whole,
        { IsReal: true } or { IsBoolean: true } => StatisticsKind.Real,
        _ => null,
    };
}
