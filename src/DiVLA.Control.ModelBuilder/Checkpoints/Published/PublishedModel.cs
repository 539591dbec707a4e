using DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>Everything that a published policy's graphs are built from, but its weights.</summary>
/// <param name="Architecture">Names backbone and head.</param>
/// <param name="Cameras">In the prompt's order, with the sizes that their frames are resized to.</param>
/// <param name="Template">The rendered chat.</param>
/// <param name="SpecialTokens">Ids with a meaning of their own.</param>
/// <param name="Backbone">Sizes and layout of the backbone.</param>
/// <param name="Head">The action head.</param>
internal sealed record PublishedModel(
    string Architecture,
    IReadOnlyList<CameraManifest> Cameras,
    string Template,
    SpecialTokensManifest SpecialTokens,
    Qwen2VlBackbone Backbone,
    PolicyHeadConfig Head)
{
    private const int MaxPhraseTokens = 4096;

    /// <summary>Lays a checkpoint out for cameras. Null where neither backbone nor head is known; with faults, good for checking tensors alone.</summary>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="cameras">In the order of training; at least one.</param>
    /// <param name="lengths">Lengths of the text.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static PublishedModel? Create(
        string directory, PublishedConfig config, IReadOnlyList<CameraConfig> cameras, TextLengths lengths, ICollection<string> faults)
    {
        var template = ChatTemplate.Render(directory, cameras.Count, faults);
        CheckLengths(ChatText.Parse(template), config.Tokenizer, lengths, faults);
        if (config.Backbone is not { } sizes || config.Head is not { } head) return null;
        var backbone = Qwen2VlBackbone.Create(
            sizes,
            config.Preprocessor ?? PreprocessorConfig.Qwen2Vl(sizes.Vision),
            config.Tokenizer?.Encode(ChatText.Parse(template).Prefix) ?? [.. cameras.Select(_ => sizes.ImageTokenId)],
            cameras.Select(camera => (camera.Width, camera.Height)),
            lengths);
        var last = backbone.Layout.Positions[^1].Time;
        if (last >= sizes.MaxPositionEmbeddings)
            faults.Add($"{Path.Combine(directory, ModelConfig.FileName)}: max_position_embeddings: is {sizes.MaxPositionEmbeddings}, "
                + $"cameras, instruction and phrase reach position {last}.");
        return new PublishedModel(
            config.Architecture, [.. cameras.Select((camera, index) => Manifest(camera, backbone.Grids[index]))], template, config.SpecialTokens!, backbone, head);
    }

    private static CameraManifest Manifest(CameraConfig camera, PictureGrid grid) => (grid.Width, grid.Height) == (camera.Width, camera.Height)
        ? new CameraManifest(camera.Name, camera.Width, camera.Height)
        : new CameraManifest(camera.Name, camera.Width, camera.Height, grid.Width, grid.Height);

    private static void CheckLengths(ChatText text, ByteLevelTokenizer? tokenizer, TextLengths lengths, ICollection<string> faults)
    {
        var around = tokenizer is null ? 0 : tokenizer.Encode(text.Before).Count + tokenizer.Encode(text.After).Count;
        if (lengths.Instruction <= around) faults.Add($"instruction tokens: is {lengths.Instruction}, more than {around}, the chat's own around the instruction, is needed.");
        if (lengths.Phrase is < 1 or > MaxPhraseTokens) faults.Add($"phrase tokens: is {lengths.Phrase}, 1 to {MaxPhraseTokens} is needed.");
    }
}
