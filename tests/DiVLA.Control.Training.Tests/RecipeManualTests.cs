using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Training.Tests;

/// <summary>docs/training.md explains every member of a recipe.</summary>
[TestFixture]
internal sealed class RecipeManualTests
{
    private static IEnumerable<string> Members() =>
        JsonSerializer.SerializeToElement(Recipe.Default, ModelConfig.JsonOptions).EnumerateObject().SelectMany(group => group.Value.EnumerateObject()).Select(member => member.Name);

    [Test]
    public void Manual_Names_EveryMemberOfARecipe()
    {
        var manual = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "training.md"));
        Assert.That(Members().Where(member => !manual.Contains($"`{member}`", StringComparison.Ordinal)), Is.Empty);
        Assert.That(Members().Count(), Is.GreaterThan(20));
    }
}
