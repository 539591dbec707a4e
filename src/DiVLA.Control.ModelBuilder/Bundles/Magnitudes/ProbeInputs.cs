using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.ModelBuilder.Bundles.Magnitudes;

/// <summary>What a policy is probed with: pictures of several kinds, a plain instruction, noise. Always the same.</summary>
internal sealed class ProbeInputs
{
    private const int Seed = 82;
    private const int Channels = 3;
    private const string Instruction = "Sort all the items on the table: put the red cube in the left bin.";

    private readonly PolicyManifest _manifest;
    private readonly Random _random = new(Seed);

    public ProbeInputs(PolicyManifest manifest, ByteLevelTokenizer tokenizer)
    {
        _manifest = manifest;
        var text = ChatText.Parse(manifest.Prompt.Template);
        var (before, words, after) = (tokenizer.Encode(text.Before), tokenizer.Encode(Instruction), tokenizer.Encode(text.After));
        var room = manifest.Prompt.InstructionTokens - before.Count - after.Count;
        Text = [.. before, .. words.Take(room), .. after];
        Draft = [.. words.Take(manifest.Prompt.MaxPhraseTokens)];
    }

    /// <summary>Kinds of pictures.</summary>
    public static IReadOnlyList<Func<ProbeInputs, CameraManifest, byte[]>> Pictures { get; } =
    [
        (_, camera) => Picture(camera, (_, _) => (byte)128),
        (inputs, camera) => Picture(camera, (_, _) => (byte)inputs._random.Next(256)),
        (_, camera) => Picture(camera, (x, y) => (byte)(255 * (x + y) / (camera.PictureWidth + camera.PictureHeight))),
        (_, camera) => Picture(camera, (x, y) => (byte)((x / 14 + y / 14) % 2 * 255)),
    ];

    /// <summary>Ids of the text behind the last picture.</summary>
    public int[] Text { get; }

    /// <summary>Ids of a phrase.</summary>
    public int[] Draft { get; }

    /// <summary>Text, draft and filling, as the backbone reads them.</summary>
    public long[] TextTokens()
    {
        var tokens = new long[_manifest.Prompt.InstructionTokens + _manifest.Prompt.MaxPhraseTokens];
        Array.Fill(tokens, _manifest.SpecialTokens.Pad);
        for (var place = 0; place < Text.Length + Draft.Length; place++) tokens[place] = place < Text.Length ? Text[place] : Draft[place - Text.Length];
        return tokens;
    }

    /// <summary>Standard normal numbers.</summary>
    public float[] Noise(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble())))];

    private static byte[] Picture(CameraManifest camera, Func<int, int, byte> pixel)
    {
        var bytes = new byte[camera.PictureWidth * camera.PictureHeight * Channels];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = pixel(i / Channels % camera.PictureWidth, i / Channels / camera.PictureWidth);
        return bytes;
    }
}
