using System.CommandLine;
using DiVLA.Control.ModelBuilder.Statistics;

namespace DiVLA.Control.Cli.Model;

/// <summary>`divla model convert-statistics`: DiVLA's pickled statistics become JSON. Nothing in the pickle is ever run.</summary>
internal static class ModelConvertStatisticsCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("file") { Description = "dataset_stats.pkl of a published checkpoint." };
        var output = new Option<FileInfo?>("--output") { Description = "File to write. Default: beside the pickle, with the ending .json.", HelpName = "FILE" };
        var replace = new Option<bool>("--replace") { Description = "Write over a file that is there." };
        var json = SharedOptions.Json();
        var command = new Command("convert-statistics", "Turn a dataset's pickled statistics into JSON. Only numbers are read; nothing in the file is run.") { file, output, replace, json };
        command.SetAction((parsed, _) => CommandGuard.RunAsync(terminal, async () =>
        {
            var from = parsed.GetRequiredValue(file).FullName;
            var to = parsed.GetValue(output)?.FullName ?? Path.ChangeExtension(from, ".json");
            if (File.Exists(to) && !parsed.GetValue(replace)) throw new ArgumentException($"--output: found {to}, which is there already, expected a new file, or --replace");
            var converted = new StatisticsConverted(to, StatisticsConversion.Convert(from, to));
            await terminal.Out.WriteLineAsync(parsed.GetValue(json) ? Json.Line(converted) : $"Wrote {string.Join(", ", converted.Keys)} to {to}");
            return ExitCode.Success;
        }));
        return command;
    }

    private sealed record StatisticsConverted(string File, IReadOnlyList<string> Keys);
}
