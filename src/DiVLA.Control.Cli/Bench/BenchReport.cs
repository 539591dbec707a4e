using System.Globalization;
using Spectre.Console;

namespace DiVLA.Control.Cli.Bench;

/// <summary>Measures as people read them.</summary>
internal static class BenchReport
{
    public static void Write(IAnsiConsole console, PolicyMeasures measures)
    {
        console.WriteLine($"{measures.Bundle} ({measures.Revision}) on {measures.Device}, provider {measures.Provider}; loaded in {Number(measures.LoadS)} s");
        var table = Times("a pass", measures.StageMs.Select(stage => ($"{stage.Key}", stage.Value)));
        Add(table, "full pass without decoding", measures.PassMs);
        if (measures.PhraseMs is { } phrase) Add(table, $"phrase of {Number(measures.PhraseTokens)} tokens", phrase);
        console.Write(table);
        if (measures.TokenMs is { } token) console.WriteLine($"One token: {Number(token)} ms. Prompt: {measures.PromptTokens} tokens.");
        console.WriteLine($"{measures.Passes} passes: {string.Join(", ", measures.Outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"))}; {measures.Phrases} phrases, the last one '{Printable(measures.Phrase)}'");
    }

    public static void Write(IAnsiConsole console, LoopMeasures measures)
    {
        console.WriteLine($"Closed loop over gRPC, {Number(measures.Seconds)} s: {measures.CommandsSent} of {measures.TicksDue} commands sent, {measures.ActionsReceived} received");
        console.WriteLine($"  FRESH {measures.Fresh} ({Percent.Of(measures.Fresh, measures.TicksDue)}), REUSED {measures.Reused}, HOLD {measures.Hold}, STOPPED {measures.Stopped}");
        console.WriteLine($"  {Number(measures.InferenceHz)} head inferences/s, {Number(measures.ReasoningHz)} observe-reason-act cycles/s, {measures.InferenceFaults} faults");
        console.WriteLine($"  {measures.Phrases} phrases, the last one '{Printable(measures.Phrase)}'");
        var table = Times("in the loop", measures.StageMs.Select(stage => (stage.Key, stage.Value)));
        Add(table, "lateness of commands", measures.LatenessMs);
        console.Write(table);
    }

    private static Table Times(string caption, IEnumerable<(string Name, BenchTimes Times)> rows)
    {
        var table = new Table().Border(TableBorder.Horizontal).AddColumns(caption, "p50 ms", "p99 ms", "max ms");
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        foreach (var (name, times) in rows) Add(table, name, times);
        return table;
    }

    private static void Add(Table table, string name, BenchTimes times) =>
        table.AddRow(new Text(name), new Text(Number(times.P50)), new Text(Number(times.P99)), new Text(Number(times.Max)));

    // Generated weights may say line breaks, or anything else.
    private static string Printable(string phrase) => string.Concat(phrase.Select(character => char.IsControl(character) ? ' ' : character)).Trim();

    private static string Number(double value) => value.ToString(value < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);
}
