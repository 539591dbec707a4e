using System.Text.Json;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli;

/// <summary>What a bundle's policy was trained to do.</summary>
internal static class BundleTasks
{
    /// <summary>Read off policy.json; everything where it does not say. A file that cannot be read says nothing here: verification, which comes before serving, says why.</summary>
    public static TaskScope Read(string bundle)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(bundle, PolicyManifest.FileName));
            return JsonSerializer.Deserialize<PolicyManifest>(text, PolicyManifest.JsonOptions)?.Tasks is { } tasks ? Scope(tasks) : TaskScope.Full;
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return TaskScope.Full;
        }
    }

    private static TaskScope Scope(TasksManifest tasks) => new(
        [.. Enum.GetValues<TaskFamily>().Where(family => tasks.Families.Contains(InstructionGrammar.Name(family)))], tasks.FewestObjects, tasks.MostObjects);
}
