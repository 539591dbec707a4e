using System.Text.Json;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Costs;
using Spectre.Console;

namespace DiVLA.Control.Cli.Model;

/// <summary>A build's plan as people and machines read it.</summary>
internal static class ModelPlanned
{
    /// <summary>Writes the plan.</summary>
    public static async Task WriteAsync(Terminal terminal, BuildPlan plan, Accelerator accelerator, bool json)
    {
        if (json) await terminal.Out.WriteLineAsync(JsonSerializer.Serialize(plan, ModelInspectCommand.OneLine));
        else Write(terminal.Console, plan, accelerator);
    }

    private static void Write(IAnsiConsole console, BuildPlan plan, Accelerator accelerator)
    {
        console.WriteLine($"{plan.Architecture}: nothing was written");
        StageTables.Write(console, plan.Stages, plan.Estimate, accelerator);
        console.Write(Files(plan));
        console.WriteLine($"{Quantity.OfBytes(plan.BytesWritten)} would be written.");
    }

    private static Table Files(BuildPlan plan)
    {
        var table = new Table().Border(TableBorder.Horizontal).AddColumns("file", "bytes", "");
        table.Columns[1].RightAligned();
        foreach (var file in plan.Files)
            table.AddRow(new Text(file.Path), new Text(Quantity.OfBytes(file.Bytes)), new Text(file.IsShared ? "the checkpoint's own" : "written"));
        return table;
    }
}
