using DiVLA.Control.ModelBuilder.Urdf;

namespace DiVLA.Control.Cli.Embodiments;

/// <summary>Puts answers that come as text, one question at a time, into what is known already.</summary>
internal static class ImportDialogue
{
    /// <summary>Asks until nothing is missing.</summary>
    /// <param name="import">Knows what is missing.</param>
    /// <param name="answers">What is known.</param>
    /// <param name="ask">Gets an answer to a question; is asked again where it is none.</param>
    public static ImportAnswers Complete(UrdfImport import, ImportAnswers answers, Func<ImportQuestion, string> ask)
    {
        while (import.Missing(answers) is [var question, ..]) answers = Add(answers, question, ask(question)) ?? answers;
        return answers;
    }

    /// <summary>The answers with one more; null where the text is no answer to the question.</summary>
    public static ImportAnswers? Add(ImportAnswers answers, ImportQuestion question, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var trimmed = text.Trim();
        switch (question.Option)
        {
            case "--name": return answers with { Name = trimmed };
            case "--make": return answers with { Make = trimmed };
            case "--model": return answers with { Model = trimmed };
            default: return ImportOptions.TryParse(trimmed.Replace(':', ',')) is { } numbers ? Add(answers, question, numbers) : null;
        }
    }

    private static ImportAnswers? Add(ImportAnswers answers, ImportQuestion question, double[] numbers) => (question.Option, numbers) switch
    {
        ("--range", [var lower, var upper]) when lower < upper =>
            answers with { Ranges = new Dictionary<string, JointRange>(answers.Ranges) { [question.Joint!] = new JointRange(lower, upper) } },
        ("--range", _) => null,
        ("--velocity", _) => answers with { Velocity = numbers },
        ("--acceleration", _) => answers with { Acceleration = numbers },
        ("--jerk", _) => answers with { Jerk = numbers },
        ("--mount", _) => answers with { Mount = numbers },
        ("--tool-offset", _) => answers with { ToolOffset = numbers },
        ("--start", _) => answers with { Start = numbers },
        ("--gripper-open", [var width]) => answers with { GripperOpen = width },
        ("--gripper-closed", [var width]) => answers with { GripperClosed = width },
        ("--gripper-speed", [var speed]) => answers with { GripperSpeed = speed },
        _ => null,
    };
}
