namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>What to build, and where to put it.</summary>
/// <param name="CheckpointDirectory">Folder with config.json, model.safetensors, tokenizer.json and embodiments, as training leaves it.</param>
/// <param name="BundleDirectory">Folder of the bundle. An older bundle there is replaced in one step, at the end of a build without faults.</param>
public sealed record BuildRequest(string CheckpointDirectory, string BundleDirectory)
{
    /// <summary>Name of the policy. Defaults to the name of the bundle's folder.</summary>
    public string? Name { get; init; }

    /// <summary>SPDX identifier of the weights' licence.</summary>
    public string License { get; init; } = "Apache-2.0";
}

/// <summary>How far a build has come.</summary>
/// <param name="Step">The file that is written next, or what is done to all of them.</param>
/// <param name="Done">Steps finished.</param>
/// <param name="Total">Steps in all.</param>
public sealed record BuildProgress(string Step, int Done, int Total);
