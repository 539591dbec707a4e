using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>The wordings of instructions and every word that they use.</summary>
public static class InstructionGrammar
{
    /// <summary>The wording of <see cref="TaskFamily.Direct"/>.</summary>
    public const string Canonical = "put the {o} in the {s} bin";

    private static readonly string[] _verbs = ["put", "place", "move", "drop", "bring"];
    private static readonly string[] _prepositions = ["in", "into"];

    // {v} verb, {p} preposition, {o} object, {s} side.
    private static readonly string[] _forms =
    [
        "{v} the {o} {p} the {s} bin",
        "please {v} the {o} {p} the {s} bin",
        "the {o} goes {p} the {s} bin",
        "{v} the {o} on the {s}",
        "pick up the {o} and {v} it {p} the {s} bin",
        "{p} the {s} bin {v} the {o}",
        "i want the {o} {p} the {s} bin",
    ];

    /// <summary>Wordings that training may use.</summary>
    public static IReadOnlyList<string> TrainingForms { get; } = [.. AllForms().Where(form => !IsHeldOut(form))];

    /// <summary>Wordings that only evaluation uses: every fifth of all, none of them the canonical one.</summary>
    public static IReadOnlyList<string> HeldOutForms { get; } = [.. AllForms().Where(IsHeldOut)];

    /// <summary>The canonical wording for an object and a bin.</summary>
    public static string Direct(string target, Side bin) => Fill(Canonical, target, bin);

    /// <summary>Fills a wording.</summary>
    public static string Fill(string form, string target, Side bin) => form.Replace("{o}", target, StringComparison.Ordinal).Replace("{s}", Word(bin), StringComparison.Ordinal);

    /// <summary>The wording of a sorting rule, told from either class on.</summary>
    public static string Sort(SortingRule goal, bool startsWithSecondClass)
    {
        var (first, second) = goal.Property == SortProperty.Warmth ? ("warm colours", "cool colours") : ("cubes", "cylinders");
        var other = goal.FirstClassBin == Side.Left ? Side.Right : Side.Left;
        var (one, two) = ($"{first} {Word(goal.FirstClassBin)}", $"{second} {Word(other)}");
        var what = goal is SortAll ? "sort all objects" : "sort the next object";
        return startsWithSecondClass ? $"{what} : {two} , {one}" : $"{what} : {one} , {two}";
    }

    /// <summary>'red cube'.</summary>
    public static string Name(ObjectKind kind) => $"{Word(kind.Colour)} {Word(kind.Shape)}";

    /// <summary>'red object'.</summary>
    public static string NameByColour(ObjectKind kind) => $"{Word(kind.Colour)} object";

    /// <summary>'leftmost cube', 'object nearest to the right bin'.</summary>
    public static string Name(SpatialSelector selector)
    {
        var noun = selector.Class is { } shape ? Word(shape) : "object";
        return selector.Relation switch
        {
            SpatialRelation.NearestToLeftBin => $"{noun} nearest to the left bin",
            SpatialRelation.NearestToRightBin => $"{noun} nearest to the right bin",
            _ => $"{Word(selector.Relation)} {noun}",
        };
    }

    /// <summary>A family's name as commands, results and documents print it.</summary>
    public static string Name(TaskFamily family) => family switch
    {
        TaskFamily.SortAll => "sort-all",
        TaskFamily.UnseenCombination => "unseen-combination",
        _ => Word(family),
    };

    /// <summary>The value's name in lower case.</summary>
    public static string Word(Enum value) => value.ToString().ToLowerInvariant();

    /// <summary>Every word that instructions can hold.</summary>
    public static IEnumerable<string> Words()
    {
        var filled = AllForms().SelectMany(form => new[] { Fill(form, "object", Side.Left), Fill(form, "object", Side.Right) });
        var sorts = Enum.GetValues<SortProperty>().SelectMany(property => new SortingRule[] { new SortNext(property, Side.Left), new SortAll(property, Side.Left) })
            .Select(rule => Sort(rule, startsWithSecondClass: false));
        var places = Enum.GetValues<SpatialRelation>().Select(relation => Name(new SpatialSelector(relation, null)));
        var kinds = Enum.GetValues<ObjectColour>().Select(colour => Word(colour)).Concat(Enum.GetValues<ObjectShape>().Select(shape => Word(shape)));
        return filled.Concat(sorts).Concat(places).SelectMany(text => text.Split(' ')).Concat(kinds).Distinct();
    }

    private static IEnumerable<string> AllForms()
    {
        foreach (var form in _forms)
            foreach (var verb in form.Contains("{v}", StringComparison.Ordinal) ? _verbs : [""])
                foreach (var preposition in form.Contains("{p}", StringComparison.Ordinal) ? _prepositions : [""])
                    yield return form.Replace("{v}", verb, StringComparison.Ordinal).Replace("{p}", preposition, StringComparison.Ordinal);
    }

    private static bool IsHeldOut(string form) => form != Canonical && AllForms().ToList().IndexOf(form) % 5 == 3;
}
