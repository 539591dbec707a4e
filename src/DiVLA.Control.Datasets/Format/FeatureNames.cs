namespace DiVLA.Control.Datasets.Format;

/// <summary>Columns that have a meaning of their own.</summary>
public static class FeatureNames
{
    public const string State = "observation.state";
    public const string Action = "action";
    public const string CameraPrefix = "observation.images.";
    public const string Timestamp = "timestamp";
    public const string FrameIndex = "frame_index";
    public const string EpisodeIndex = "episode_index";
    public const string Index = "index";
    public const string TaskIndex = "task_index";
    public const string LanguagePersistent = "language_persistent";
    public const string LanguageEvents = "language_events";

    /// <summary>Columns that the writer fills by itself, with their kinds. Every dataset has them.</summary>
    internal static IReadOnlyList<(string Name, Feature Feature)> Bookkeeping { get; } =
    [
        (Timestamp, Feature.Scalar("float32")),
        (FrameIndex, Feature.Scalar("int64")),
        (EpisodeIndex, Feature.Scalar("int64")),
        (Index, Feature.Scalar("int64")),
        (TaskIndex, Feature.Scalar("int64")),
    ];
}
