namespace DiVLA.Control.Datasets.Format;

/// <summary>Something said: it holds from its time on, until something of the same style replaces it.</summary>
/// <param name="Role">Who says it: `assistant` for the policy.</param>
/// <param name="Content">The words.</param>
/// <param name="Style">`subtask` for reasoning phrases; also `plan`, `memory`, `motion`, `task_aug`.</param>
/// <param name="TimestampSeconds">Since the episode's start. Unit: s.</param>
public sealed record LanguageRow(string Role, string? Content, string? Style, float TimestampSeconds)
{
    /// <summary>What a policy says it is doing.</summary>
    public const string SubtaskStyle = "subtask";

    /// <summary>The role of whatever a policy says.</summary>
    public const string Assistant = "assistant";
}
