using System.CommandLine;

namespace DiVLA.Control.Training.Commands;

/// <summary>Whose demonstrations are learnt from, and how much, as options.</summary>
internal sealed class DemonstrationOptions
{
    private readonly Option<string[]> _datasets = new("--dataset") { Description = "LeRobotDataset v3.0 folder to learn from. May be given several times.", HelpName = "DIR" };

    private readonly Option<double> _share = new("--dataset-share")
    {
        Description = "Share of each batch that is demonstrated; the rest is simulated. Above 0, up to 1.",
        DefaultValueFactory = _ => 1.0,
    };

    private readonly Option<FileInfo?> _columns = new("--columns")
    {
        Description = "What the datasets' columns mean: JSON, see docs/demonstrations.md. Default: as `divla record` writes them.",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _profile = new("--profile") { Description = "Profile of the arm that demonstrated: an embodiment.json. Default: Panda.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _datasets, _share, _columns, _profile }) command.Add(option);
        _share.Validators.Add(result =>
        {
            var found = result.GetValueOrDefault<double>();
            if (found is not (> 0 and <= 1)) result.AddError(FormattableString.Invariant($"--dataset-share: found {found}, expected above 0 and up to 1"));
        });
    }

    /// <summary>What the command line says.</summary>
    public DemonstrationChoice Of(ParseResult parsed) =>
        new(parsed.GetValue(_datasets) ?? [], parsed.GetValue(_share), parsed.GetValue(_columns)?.FullName, parsed.GetValue(_profile)?.FullName);
}
