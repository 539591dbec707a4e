using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>The sentence that says what the expert does: target, place and phase.</summary>
public static class ReasoningPhrase
{
    /// <summary>Said when nothing is left to do.</summary>
    public const string Done = "task done, now resting";

    /// <summary>'target red cube at front left, put it in the left bin, now grasping'.</summary>
    public static string Say(Scene scene, Goal goal, TaskPhase phase)
    {
        if (goal.Current(scene) is not { } task) return Done;
        var item = scene.Objects[task.Target];
        var place = scene.Held == task.Target ? "in hand" : $"at {Place(item)}";
        return $"target {InstructionGrammar.Name(item.Kind)} {place}, put it in the {InstructionGrammar.Word(task.Bin)} bin, now {InstructionGrammar.Word(phase)}";
    }

    /// <summary>Every word that phrases can hold, punctuation included.</summary>
    public static IEnumerable<string> Words() =>
        "target at in hand , put it the left right bin now task done front back middle".Split(' ')
            .Concat(Enum.GetValues<TaskPhase>().Select(phase => InstructionGrammar.Word(phase)));

    // Front is the half of the table that lies farther from the arm's base, where the front camera stands.
    private static string Place(TableObject item)
    {
        var row = item.Centre.X > TableLayout.RowBoundaryX ? "front" : "back";
        if (Math.Abs(item.Centre.Y) <= TableLayout.ColumnBoundaryY) return $"{row} middle";
        return item.Centre.Y > 0 ? $"{row} left" : $"{row} right";
    }
}
