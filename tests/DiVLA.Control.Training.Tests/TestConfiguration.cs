using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Tests;

internal static class TestConfiguration
{
    public static Vocabulary Vocabulary { get; } = Vocabulary.OfTasks();

    public static ModelConfig Tiny { get; } = new ModelShape().Configure(Vocabulary.Size);
}
