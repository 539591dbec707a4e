using System.CommandLine;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Checkpoints.Shapes;

namespace DiVLA.Control.Cli.Model;

/// <summary>What a bundle is built from: a checkpoint's folder, or a shape under generated weights.</summary>
internal sealed class BuildSource
{
    private readonly FolderChoice _checkpoint = new("checkpoint", "--checkpoint");
    private readonly FolderChoice _bundle = new("bundle", "--output");

    private readonly Option<string?> _shape = new("--shape")
    {
        Description = $"A published shape in place of a checkpoint: {string.Join(", ", ModelShape.Names)}. With --random-weights, or with --dry-run.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _random = new("--random-weights") { Description = "Generate the shape's weights: as large and slow as the real ones, without any skill." };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Write nothing: show what would be written, and what the policy would take on a GPU." };

    public void AddTo(Command command)
    {
        _checkpoint.AddTo(command, "Folder of the checkpoint: config.json, weights, tokenizer.");
        _bundle.AddTo(command, "Folder to write. A bundle that is there is replaced once the new one is whole; its README.md stays.");
        command.Add(_shape);
        command.Add(_random);
        command.Add(_dryRun);
    }

    /// <summary>True where nothing is to be written.</summary>
    public bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>What to build, and where to.</summary>
    /// <exception cref="ArgumentException">Neither or both are named, or there is nowhere to write to.</exception>
    public BuildRequest Of(ParseResult parsed) => parsed.GetValue(_shape) is { } shape ? OfShape(parsed, shape) : OfCheckpoint(parsed);

    private BuildRequest OfCheckpoint(ParseResult parsed)
    {
        if (parsed.GetValue(_random)) throw new ArgumentException($"--random-weights: found without a shape, expected --shape with one of {string.Join(", ", ModelShape.Names)}");
        return new BuildRequest(_checkpoint.Of(parsed), IsDryRun(parsed) ? "" : _bundle.Of(parsed));
    }

    private BuildRequest OfShape(ParseResult parsed, string shape)
    {
        if (!ModelShape.Names.Contains(shape)) throw new ArgumentException($"--shape: found '{shape}', expected one of {string.Join(", ", ModelShape.Names)}");
        if (_checkpoint.IsNamedByOption(parsed) || (_checkpoint.IsNamed(parsed) && _bundle.IsNamed(parsed)))
            throw new ArgumentException($"--shape: found '{shape}' and the checkpoint {_checkpoint.Of(parsed)}, expected one of them: a shape has generated weights only");
        if (IsDryRun(parsed)) return BuildRequest.OfShape(shape, "");
        if (!parsed.GetValue(_random)) throw new ArgumentException("--shape: found without --random-weights, expected both: a shape has no weights of its own");
        // Without a checkpoint, the one folder that is named is the bundle.
        return BuildRequest.OfShape(shape, _bundle.IsNamed(parsed) ? _bundle.Of(parsed) : _checkpoint.Of(parsed));
    }
}
