using System.Globalization;
using DiVLA.Control.Cli.Frames;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Eval;

/// <summary>A contact sheet for each failed episode, and a list of what they were. Any thread.</summary>
internal sealed class FailureSheet(string directory)
{
    private readonly string _directory = Directory.CreateDirectory(directory).FullName;
    private readonly Lock _gate = new();

    /// <summary>Takes the pictures of one episode.</summary>
    /// <param name="embodiment">Make of the arm.</param>
    public SimulatedRobotWatcher CreateCollector(string embodiment) => new FrameCollector((result, frames) => Keep(embodiment, result, frames));

    private void Keep(string embodiment, EpisodeResult result, IReadOnlyList<FramePair> frames)
    {
        if (result.Outcome == EpisodeOutcome.Success) return;
        var name = string.Create(CultureInfo.InvariantCulture, $"{embodiment}-{InstructionGrammar.Name(result.Episode.Family)}-{result.Episode.Seed}");
        lock (_gate)
        {
            var sheet = new ContactSheet();
            sheet.Add(frames);
            sheet.Save(Path.Combine(_directory, $"{name}.png"));
            var line = Json.Line(new Failure(name, result.Episode.Instruction, result.Outcome, result.Seconds, result.Phrases.Matches, result.Phrases.Counted));
            File.AppendAllText(Path.Combine(_directory, "failures.jsonl"), line + "\n");
        }
    }

    private sealed record Failure(string Picture, string Instruction, EpisodeOutcome Outcome, double Seconds, int PhraseMatches, int PhraseTicks);
}
