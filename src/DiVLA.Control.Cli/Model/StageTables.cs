using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.Policy.Bundle;
using Spectre.Console;

namespace DiVLA.Control.Cli.Model;

/// <summary>What the stages of a policy hold and take, in 80 columns.</summary>
internal static class StageTables
{
    private const string Unknown = "-";

    /// <summary>Writes a row a stage, and what they come to.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<StageReport> stages, PolicyEstimate? estimate, Accelerator accelerator)
    {
        var table = new Table().Border(TableBorder.Horizontal).AddColumns("stage", "nodes", "parameters", "type", "weights", "FLOP", "least ms", "likely ms");
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        foreach (var column in table.Columns) column.NoWrap().PadLeft(0).PadRight(1);
        foreach (var stage in stages) table.AddRow(Array.ConvertAll(Cells(stage), cell => new Text(cell)));
        console.Write(table);
        if (estimate is not null) foreach (var line in Words(estimate, accelerator)) console.WriteLine(line);
        if (stages.Any(stage => stage.Stage == Policy.PolicyStage.Backbone && stage.Precision.Contains(TensorDtype.F32)))
            console.WriteLine("On a GPU it would not be served like this: --provider cuda refuses fp32; build with --precision fp16 or bf16 for it.");
    }

    private static string[] Cells(StageReport stage) =>
    [
        $"{stage.Stage}",
        Quantity.Of(stage.Nodes),
        Quantity.Of(stage.Parameters),
        stage.Precision.Count == 0 ? Unknown : string.Join("+", stage.Precision.Select(PolicyManifest.NameOf)),
        Quantity.OfBytes(stage.WeightBytes),
        stage.Cost is { } cost ? Quantity.Of(cost.Flops) : Unknown,
        stage.Cost is { } time ? Quantity.OfNumber(time.RooflineMs) : Unknown,
        stage.Cost is { } expected ? Quantity.OfNumber(expected.ExpectedMs) : Unknown,
    ];

    private static IEnumerable<string> Words(PolicyEstimate estimate, Accelerator accelerator)
    {
        var (pass, token, phrase) = (Quantity.OfMilliseconds(estimate.PassMs), Quantity.OfMilliseconds(estimate.TokenMs), Quantity.OfMilliseconds(estimate.PhraseMs));
        yield return $"Times are those of one {accelerator.Title} by its data sheet: the least it can take, and";
        yield return "what good implementations make of that. Nothing was measured.";
        yield return $"  full pass without decoding  {pass}";
        yield return $"  one token of a phrase       {token}; {PolicyEstimate.PhraseTokens} of them {phrase}";
        yield return $"  memory of the GPU           {Quantity.OfBytes(estimate.DeviceBytes)}: weights {Quantity.OfBytes(estimate.WeightBytes)},";
        yield return $"                              two KV caches of {Quantity.OfBytes(estimate.CacheBytes)},";
        yield return $"                              activations {Quantity.OfBytes(estimate.ActivationBytes)}";
        if (estimate.Devices > 1)
        {
            var (each, most) = (Quantity.OfBytes(estimate.DeviceBytes / estimate.Devices), Quantity.OfBytes(accelerator.MemoryBytes));
            yield return $"  bytes per device            {each} on each of the {estimate.Devices} GPUs of {most} that could hold it.";
            yield return "  A service drives one GPU: it does not fit there, and the times above are those of one that were large enough.";
        }
    }
}
