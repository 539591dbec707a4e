using System.CommandLine;
using DiVLA.Control.ModelBuilder.Urdf;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using Spectre.Console;

namespace DiVLA.Control.Cli.Embodiments;

/// <summary>`divla embodiment import`: a URDF becomes a profile. What it does not say is asked for by name: at a terminal one by one, elsewhere all at once.</summary>
internal static class ImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var urdf = new Argument<FileInfo>("urdf") { Description = "URDF file of the arm; xacro files must be expanded first." };
        var output = new Option<FileInfo>("--output") { Description = "Profile to write.", HelpName = "FILE", Required = true };
        var json = SharedOptions.Json();
        var options = new ImportOptions();
        var command = new Command("import", "Make an arm's profile from its URDF: joint names, limits and kinematics are read, the rest is asked for.") { urdf, output, json };
        options.AddTo(command);
        command.SetAction((parsed, _) => CommandGuard.RunAsync(
            terminal, () => RunAsync(terminal, parsed.GetRequiredValue(urdf).FullName, options.Of(parsed), parsed.GetRequiredValue(output).FullName, parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string urdf, ImportAnswers answers, string output, bool json)
    {
        var import = UrdfImport.Open(urdf);
        if (import.Missing(answers) is { Count: > 0 } missing)
        {
            if (json || !terminal.CanAsk)
            {
                await terminal.Error.WriteLineAsync($"The file does not say everything. Missing are:{string.Concat(missing.Select(question => $"\n  {question}"))}");
                return ExitCode.Usage;
            }
            answers = ImportDialogue.Complete(import, answers, question => terminal.Console.Prompt(new TextPrompt<string>(Markup.Escape(Words(question)))));
        }
        var profile = import.Create(answers);
        await File.WriteAllTextAsync(output, profile.ToJson());
        var imported = Imported.Of(profile, output);
        await terminal.Out.WriteLineAsync(json ? Json.Line(imported) : imported.Words());
        return ExitCode.Success;
    }

    private static string Words(ImportQuestion question) => question.Joint is null ? $"{question.What}?" : $"{question.Joint}: {question.What}, as LOWER:UPPER?";

    private sealed record Imported(string Profile, string Name, IReadOnlyList<string> Joints, double[] ToolAtStartM, double ToolTiltRad, int UnreachablePlaces)
    {
        // What a person would call pointing down.
        private const double NoticeableTiltRad = 0.2;

        public static Imported Of(EmbodimentProfile profile, string output)
        {
            var tool = profile.CreateKinematics().ToolPose(profile.RestRad);
            return new Imported(output, profile.Name, profile.JointNames, [tool.X, tool.Y, tool.Z], Math.Acos(Math.Clamp(-tool.AxisZ.Z, -1, 1)), TableReach.Unreachable(profile).Count);
        }

        public string Words()
        {
            var lines = new List<string>
            {
                $"{Name}: {Joints.Count} joints ({string.Join(", ", Joints)}), written to {Profile}.",
                FormattableString.Invariant($"At the start the tool is at x {ToolAtStartM[0]:F3}, y {ToolAtStartM[1]:F3}, z {ToolAtStartM[2]:F3} m of the table frame."),
            };
            if (ToolTiltRad > NoticeableTiltRad) lines.Add(FormattableString.Invariant($"It points {ToolTiltRad:F2} rad away from straight down: look at --start and --tool-offset."));
            if (UnreachablePlaces > 0) lines.Add($"{UnreachablePlaces} places of the table are out of its reach: look at --mount and --start. It cannot be trained so.");
            else lines.Add($"It reaches the whole table. Next: divla train embodiment --profile {Profile}");
            return string.Join("\n", lines);
        }
    }
}
