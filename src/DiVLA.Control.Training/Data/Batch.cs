using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Training.Data;

/// <summary>Plain arrays of a batch, filled by a worker thread. B samples, C cameras, P phrase positions.</summary>
internal sealed class Batch
{
    // Not those that training never sees: taught that they are never there, the vision tower would learn not to see them.
    private static readonly ObjectKind[] _kinds = [.. ObjectSets.TrainingKinds];

    /// <summary>K, how many combinations of colour and shape the auxiliary loss asks for.</summary>
    public static int Kinds => _kinds.Length;

    /// <summary>Their names, in the order of <see cref="Presence"/>.</summary>
    public static IEnumerable<string> KindNames => _kinds.Select(InstructionGrammar.Name);

    /// <summary>In <see cref="NextWord"/>: nothing is to be said here.</summary>
    public const int Ignored = -100;

    /// <summary>In <see cref="Presence"/>: nobody knows.</summary>
    public const float Unknown = -1;

    // 'target red cube' comes before it.
    private const int FirstPlaceWord = 3;
    private readonly ModelConfig _config;
    private readonly Vocabulary _vocabulary;

    public Batch(ModelConfig config, Vocabulary vocabulary, int size)
    {
        (_config, _vocabulary, Size) = (config, vocabulary, size);
        Family = new TaskFamily?[size];
        Frames = new byte[size * config.Cameras.Length * Camera.FrameBytes];
        Instruction = new long[size * config.Prompt.InstructionTokens];
        State = new float[size * ToolPoseState.Size];
        Phrase = new long[size * config.Prompt.MaxPhraseTokens];
        PhraseMask = new float[Phrase.Length];
        NextWord = new long[size * (config.Prompt.MaxPhraseTokens + 1)];
        Latents = new float[size * config.Latent.Horizon * config.Latent.Size];
        Presence = new float[size * Kinds];
        Places = new float[size * Kinds * 2];
    }

    public int Size { get; }

    /// <summary>[B], null for demonstrations.</summary>
    public TaskFamily?[] Family { get; }

    /// <summary>uint8 [B, C, 64, 64, 3].</summary>
    public byte[] Frames { get; }

    /// <summary>[B, 14].</summary>
    public long[] Instruction { get; }

    /// <summary>[B, 11].</summary>
    public float[] State { get; }

    /// <summary>[B, P].</summary>
    public long[] Phrase { get; }

    /// <summary>[B, P], 1 on words of the phrase.</summary>
    public float[] PhraseMask { get; }

    /// <summary>[B, P + 1], -100 where nothing is to be said.</summary>
    public long[] NextWord { get; }

    /// <summary>[B, H, L].</summary>
    public float[] Latents { get; }

    /// <summary>[B, K], 1 where an object of that kind is on the table, 0 where none is, -1 where nobody knows.</summary>
    public float[] Presence { get; }

    /// <summary>[B, K, 2], its place on the table.</summary>
    public float[] Places { get; }

    /// <summary>Writes sample number <paramref name="index"/>.</summary>
    /// <param name="index">Row of the batch.</param>
    /// <param name="sample">What to write.</param>
    /// <param name="renderer">The worker's own.</param>
    /// <param name="random">For the posture drawn in the pictures and the sensor noise of the state.</param>
    public void Write(int index, TrainingSample sample, SceneRenderer renderer, SplitMix64 random)
    {
        Family[index] = sample.Family;
        WritePictures(index, sample, renderer, random);
        WriteTokens(index, sample);
        WriteState(index, sample, random);
        WriteLatent(index, sample);
        WriteObjects(index, sample.Scene);
    }

    private void WritePictures(int index, TrainingSample sample, SceneRenderer renderer, SplitMix64 random)
    {
        var kinematics = ArmProfiles.Panda.CreateKinematics();
        var joints = EpisodeSampler.SolveJoints(random, kinematics, ArmProfiles.Panda.RestRad, sample.Tool);
        Span<RigidTransform> links = stackalloc RigidTransform[kinematics.JointCount + 1];
        kinematics.LinkPoses(joints.AsSpan(), links);
        var frames = Frames.AsSpan(index * _config.Cameras.Length * Camera.FrameBytes);
        renderer.Render(Camera.Front, sample.Scene, links, sample.GripperWidth, frames[..Camera.FrameBytes]);
        renderer.Render(Camera.Wrist(sample.Tool), sample.Scene, links, sample.GripperWidth, frames.Slice(Camera.FrameBytes, Camera.FrameBytes));
    }

    private void WriteTokens(int index, TrainingSample sample)
    {
        // <pad> is token 0.
        var instruction = Instruction.AsSpan(index * _config.Prompt.InstructionTokens, _config.Prompt.InstructionTokens);
        instruction.Clear();
        Widen(_vocabulary.Encode(sample.Instruction), instruction);
        var words = _vocabulary.Encode(sample.Phrase);
        var length = _config.Prompt.MaxPhraseTokens;
        var phrase = Phrase.AsSpan(index * length, length);
        phrase.Clear();
        Widen(words, phrase);
        for (var j = 0; j < length; j++) PhraseMask[index * length + j] = j < words.Length ? 1 : 0;
        var next = NextWord.AsSpan(index * (length + 1), length + 1);
        next.Fill(Ignored);
        if (sample.IsSwapped)
        {
            WriteSwapped(words, next);
            return;
        }
        Widen(words, next);
        next[words.Length] = Vocabulary.Eos;
    }

    // The instruction does not say which object and bin a swapped phrase names; where that object is and what is done with it still follows from them.
    private void WriteSwapped(ReadOnlySpan<int> words, Span<long> next)
    {
        var comma = words.IndexOf(_vocabulary.Comma);
        for (var j = FirstPlaceWord; j < comma; j++) next[j] = words[j];
        next[words.Length - 1] = words[^1];
    }

    private void WriteState(int index, TrainingSample sample, SplitMix64 random)
    {
        var noise = new Vector3d(random.NextGaussian(), random.NextGaussian(), random.NextGaussian()) * 0.001;
        var measured = sample.Tool.WithOrigin(sample.Tool.Origin + noise);
        ToolPoseState.Write(measured, sample.GripperWidth, sample.Scene.Held is not null, State.AsSpan(index * ToolPoseState.Size));
    }

    private void WriteLatent(int index, TrainingSample sample)
    {
        Span<double> displacements = stackalloc double[_config.Latent.Horizon * Latent.Size];
        Latent.Displacements(sample, displacements);
        for (var n = 0; n < displacements.Length; n++)
            Latents[index * displacements.Length + n] = (float)(displacements[n] / _config.Latent.Rms[n / Latent.Size][n % Latent.Size]);
    }

    private void WriteObjects(int index, Scene scene)
    {
        Presence.AsSpan(index * Kinds, Kinds).Clear();
        Places.AsSpan(index * Kinds * 2, Kinds * 2).Clear();
        for (var i = 0; i < scene.Objects.Length; i++)
        {
            var item = scene.Objects[i];
            var known = Array.IndexOf(_kinds, item.Kind);
            if (known < 0 || scene.Held == i || scene.BinOf(i) is not null) continue;
            var kind = index * Kinds + known;
            Presence[kind] = 1;
            (Places[2 * kind], Places[2 * kind + 1]) = ((float)((item.Centre.X - 0.5) / 0.1), (float)(item.Centre.Y / 0.15));
        }
    }

    private static void Widen(int[] tokens, Span<long> target)
    {
        for (var i = 0; i < tokens.Length; i++) target[i] = tokens[i];
    }
}
