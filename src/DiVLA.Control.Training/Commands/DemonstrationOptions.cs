using System.CommandLine;
using DiVLA.Control.Simulator.Arm;

namespace DiVLA.Control.Training.Commands;

/// <summary>Whose demonstrations are learnt from, and how much, as options.</summary>
internal sealed class DemonstrationOptions
{
    private readonly Option<string[]> _datasets = new("--dataset") { Description = "LeRobotDataset v3.0 folder to learn from. May be given several times.", HelpName = "DIR" };

    private readonly Option<double> _share;

    private readonly Option<FileInfo?> _columns = new("--columns")
    {
        Description = "What the datasets' columns mean: JSON, see docs/demonstrations.md. Default: as `divla record` writes them.",
        HelpName = "FILE",
    };

    private readonly Option<string> _profile;

    /// <summary>Takes what differs between the commands.</summary>
    /// <param name="share">What --dataset-share is a share of.</param>
    /// <param name="usualShare">Its default.</param>
    /// <param name="arm">What --profile is the profile of.</param>
    public DemonstrationOptions(string share, double usualShare, string arm)
    {
        _share = new Option<double>("--dataset-share") { Description = $"{share} Above 0, up to 1.", DefaultValueFactory = _ => usualShare };
        _profile = new Option<string>("--profile")
        {
            Description = $"{arm}: a profile file, see docs/embodiments.md, or one of {string.Join(", ", ArmProfiles.Names)}.",
            HelpName = "FILE",
            DefaultValueFactory = _ => ArmProfiles.Panda.Name,
        };
    }

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
    /// <exception cref="InvalidDataException">The profile is none, or there is none.</exception>
    public DemonstrationChoice Of(ParseResult parsed)
    {
        try
        {
            return new(parsed.GetValue(_datasets) ?? [], parsed.GetValue(_share), parsed.GetValue(_columns)?.FullName, ArmProfiles.Find(parsed.GetRequiredValue(_profile)));
        }
        catch (ArgumentException unknown)
        {
            throw new InvalidDataException($"--profile: {unknown.Message}", unknown);
        }
    }
}
