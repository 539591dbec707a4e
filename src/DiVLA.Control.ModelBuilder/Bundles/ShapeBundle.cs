using DiVLA.Control.ModelBuilder.Checkpoints.Shapes;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>A published shape under generated weights: as large and as slow as the real one, without any skill.</summary>
internal sealed class ShapeBundle : IBundleContents
{
    private const string License = "CC0-1.0";

    private readonly DirectoryInfo _folder;
    private readonly PublishedBundle _contents;

    private ShapeBundle(DirectoryInfo folder, PublishedBundle contents) => (_folder, _contents) = (folder, contents);

    /// <summary>Builds a shape's graphs in memory.</summary>
    /// <exception cref="ModelBuildException">There is no such shape, or the options do not fit it.</exception>
    public static ShapeBundle Open(string shape, PublishedOptions options)
    {
        if (options.LoraDirectory is not null) throw new ModelBuildException(["an adapter: cannot be given for a shape: there is nothing to adapt."]);
        var folder = Directory.CreateTempSubdirectory("divla-shape-");
        try
        {
            var arm = ModelShape.Write(shape, folder.FullName);
            var weights = new GeneratedWeights(options.Precision);
            return new ShapeBundle(folder, PublishedBundle.Open(folder.FullName, options with { EmbodimentFile = options.EmbodimentFile ?? arm }, _ => weights));
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public int Steps => _contents.Steps;

    /// <inheritdoc/>
    public BuildPlan Plan(Accelerator accelerator) => _contents.Plan(accelerator);

    /// <inheritdoc/>
    public PolicyManifest Write(string directory, StepCounter steps) => _contents.Write(directory, steps) with { License = License };

    /// <inheritdoc/>
    public void Dispose()
    {
        _contents.Dispose();
        _folder.Delete(recursive: true);
    }
}
