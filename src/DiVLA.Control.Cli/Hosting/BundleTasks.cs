using System.Text.Json;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

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

    /// <summary>The families that were asked for, or else all that the policy was trained for.</summary>
    /// <exception cref="ArgumentException">It was not trained for one of them: it would refuse the instructions.</exception>
    public static IReadOnlyList<TaskFamily> Choose(TaskFamily[]? asked, TaskScope tasks)
    {
        if (asked is not { Length: > 0 }) return tasks.Families;
        var unknown = asked.Except(tasks.Families).Select(InstructionGrammar.Name).ToList();
        if (unknown.Count == 0) return asked;
        throw new ArgumentException($"families: found {string.Join(", ", unknown)}, expected some of what the bundle was trained for: {string.Join(", ", tasks.Families.Select(InstructionGrammar.Name))}");
    }

    private static TaskScope Scope(TasksManifest tasks) => new(
        [.. Enum.GetValues<TaskFamily>().Where(family => tasks.Families.Contains(InstructionGrammar.Name(family)))], tasks.FewestObjects, tasks.MostObjects,
        tasks.Shapes is { } shapes ? [.. Enum.GetValues<ObjectShape>().Where(shape => shapes.Contains(InstructionGrammar.Word(shape)))] : TaskScope.FirstShapes);
}
