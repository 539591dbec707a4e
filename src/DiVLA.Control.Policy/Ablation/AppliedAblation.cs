using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.Policy.Ablation;

/// <summary>An ablation at work in one session. Does not allocate at an inference.</summary>
internal sealed class AppliedAblation
{
    // The normalised picture is about zero there.
    private const byte Grey = 128;

    private readonly PolicyAblation _ablation;
    private readonly bool[] _isBlank;
    private readonly Instruction[] _instructions;
    private readonly ReasoningTrace? _trace;
    private readonly ulong _seed;
    private int _inferences;

    /// <summary>Checks an ablation against the policy.</summary>
    /// <exception cref="ArgumentException">It names cameras that the policy lacks, words that it does not know, or means of another size.</exception>
    public AppliedAblation(PolicyAblation ablation, PolicyManifest manifest, IPrompt prompt, ulong seed)
    {
        (_ablation, _seed) = (ablation, seed);
        _isBlank = Blank((ablation as BlankCameras)?.Cameras ?? [], manifest.Cameras);
        _instructions = [.. ((ablation as ShuffledInstruction)?.Donors ?? []).Select(text => Understood(prompt, text))];
        _trace = ablation is ShuffledReasoning shuffled ? Pick(shuffled.Donors, manifest.Decoder.HiddenSize, seed) : null;
    }

    /// <summary>Greys the pictures of the cameras that are taken away.</summary>
    public void AlterFrames(CameraTensors frames)
    {
        for (var camera = 0; camera < _isBlank.Length; camera++)
            if (_isBlank[camera]) frames[camera].Fill(Grey);
    }

    /// <summary>What the policy reads where it is told something. It keeps the text that it was told.</summary>
    public Instruction Read(Instruction told)
    {
        for (var offset = 0UL; offset < (ulong)_instructions.Length; offset++)
        {
            var donor = _instructions[(_seed + offset) % (ulong)_instructions.Length];
            if (!donor.Tokens.AsSpan().SequenceEqual(told.Tokens)) return told with { Tokens = donor.Tokens };
        }
        return told;
    }

    /// <summary>Changes what Film reads: means `[1, D]` of prompt and phrase. Once an inference.</summary>
    public void AlterMeans(Span<float> prompt, Span<float> reasoning)
    {
        if (_ablation is NoPrompt) prompt.Clear();
        if (_ablation is NoReasoning) reasoning.Clear();
        if (_trace is not { } trace) return;
        trace.Means[Math.Min(_inferences / trace.InferencesPerMean, trace.Means.Count - 1)].CopyTo(reasoning);
        _inferences++;
    }

    private static bool[] Blank(IReadOnlyList<string> names, CameraManifest[] cameras)
    {
        foreach (var name in names)
            if (!Array.Exists(cameras, camera => camera.Name == name)) throw new ArgumentException($"The policy has no camera '{name}' to take away.");
        return Array.ConvertAll(cameras, camera => names.Contains(camera.Name));
    }

    private static Instruction Understood(IPrompt prompt, string text)
    {
        var check = prompt.Check(text, out var accepted);
        return accepted ?? throw new ArgumentException($"The policy does not understand '{text}': {check.Describe()}");
    }

    private static ReasoningTrace Pick(IReadOnlyList<ReasoningTrace> donors, int width, ulong seed)
    {
        if (donors.Count == 0 || donors.Any(donor => donor.InferencesPerMean < 1 || donor.Means.Count == 0 || donor.Means.Any(mean => mean.Length != width)))
            throw new ArgumentException($"Every donor needs means of {width} numbers, and there must be a donor.");
        return donors[(int)(seed % (ulong)donors.Count)];
    }
}
