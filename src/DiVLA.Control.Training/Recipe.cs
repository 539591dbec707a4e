using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training;

/// <summary>Every hyper-parameter of a policy: the file that `divla train policy --config` reads.</summary>
/// <param name="Model">Sizes of the model and the scheduler's numbers.</param>
/// <param name="Training">How it is trained.</param>
internal sealed record Recipe(ModelShape Model, TrainingOptions Training)
{
    /// <summary>The default policy's.</summary>
    public static Recipe Default { get; } = new(new ModelShape(), new TrainingOptions());

    /// <summary>Reads a recipe; members that it does not name keep their defaults, members that no recipe has are refused.</summary>
    /// <exception cref="InvalidDataException">The file is no recipe, or values are out of range: all faults, each with its field.</exception>
    public static Recipe Read(string path)
    {
        var recipe = Parse(path);
        var faults = recipe.Validate().ToList();
        return faults.Count == 0 ? recipe : throw new InvalidDataException($"{path}: {string.Join("; ", faults)}");
    }

    /// <summary>Every fault, in words.</summary>
    public IEnumerable<string> Validate() => Model.Validate().Select(fault => $"model.{fault}").Concat(Training.Validate().Select(fault => $"training.{fault}"));

    /// <summary>As a file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelConfig.JsonOptions) + "\n";

    private static Recipe Parse(string path)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize<PartialRecipe>(File.ReadAllText(path), ModelConfig.JsonOptions) ?? new PartialRecipe();
            return new Recipe(parsed.Model, parsed.Training);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message} See docs/training.md for the members of a recipe.", fault);
        }
    }

    private sealed record PartialRecipe
    {
        public ModelShape Model { get; init; } = new();

        public TrainingOptions Training { get; init; } = new();
    }
}
