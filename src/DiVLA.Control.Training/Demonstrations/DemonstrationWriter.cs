using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>Writes demonstrations into rows of a batch. What nobody said or saw is marked as unknown, so that no loss asks for it.</summary>
internal sealed class DemonstrationWriter(ModelConfig config, Vocabulary vocabulary)
{
    private readonly int _frameBytes = config.Cameras.Sum(camera => camera.Width * camera.Height * 3);
    private readonly double[] _displacements = new double[config.Latent.Horizon * config.Latent.Size];

    /// <summary>A row's pictures, `[C, H, W, 3]`.</summary>
    public Span<byte> Frames(Batch batch, int index) => batch.Frames.AsSpan(index * _frameBytes, _frameBytes);

    /// <summary>Writes everything of a row but its pictures.</summary>
    public void Write(Batch batch, int index, Demonstration demonstration)
    {
        batch.Family[index] = null;
        WriteInstruction(batch, index, vocabulary.Encode(demonstration.Instruction));
        WritePhrase(batch, index, demonstration.Phrase is { } phrase ? vocabulary.Encode(phrase) : null);
        var state = batch.State.AsSpan(index * config.State.Size, config.State.Size);
        ToolPoseState.Write(demonstration.Measured, demonstration.GripperWidth, demonstration.IsHolding, state);
        WriteLatent(batch, index, demonstration);
        batch.Presence.AsSpan(index * Batch.Kinds, Batch.Kinds).Fill(Batch.Unknown);
        batch.Places.AsSpan(index * Batch.Kinds * 2, Batch.Kinds * 2).Clear();
    }

    private void WriteInstruction(Batch batch, int index, int[] words)
    {
        var instruction = batch.Instruction.AsSpan(index * config.Prompt.InstructionTokens, config.Prompt.InstructionTokens);
        instruction.Fill(config.Prompt.PadTokenId);
        for (var i = 0; i < words.Length; i++) instruction[i] = words[i];
    }

    private void WritePhrase(Batch batch, int index, int[]? words)
    {
        var length = config.Prompt.MaxPhraseTokens;
        var said = words?.Length ?? 0;
        var phrase = batch.Phrase.AsSpan(index * length, length);
        var mask = batch.PhraseMask.AsSpan(index * length, length);
        var next = batch.NextWord.AsSpan(index * (length + 1), length + 1);
        phrase.Fill(config.Prompt.PadTokenId);
        mask.Clear();
        mask[..said].Fill(1);
        next.Fill(Batch.Ignored);
        for (var i = 0; i < said; i++) (phrase[i], next[i]) = (words![i], words[i]);
        if (words is not null) next[said] = Vocabulary.Eos;
    }

    private void WriteLatent(Batch batch, int index, Demonstration demonstration)
    {
        Latent.Displacements(demonstration.Commanded, demonstration.Future, _displacements);
        for (var n = 0; n < _displacements.Length; n++)
            batch.Latents[index * _displacements.Length + n] = (float)(_displacements[n] / config.Latent.Rms[n / Latent.Size][n % Latent.Size]);
    }
}
