using DiVLA.Control.Policy.Bundle.Checks;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Policy.Tokenizer;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle;

/// <summary>A verified bundle with its graphs loaded. Sessions share it.</summary>
/// <remarks>Its memory is freed when it and the last policy made from it are disposed.</remarks>
public sealed class PolicyBundle : IDisposable
{
    private readonly SharedGraphs _graphs;
    private readonly ITextTokenizer _words;
    private readonly IPrompt _prompt;
    private readonly PolicyOptions _options;
    private bool _isDisposed;

    private PolicyBundle(BundleVerifier verified, PolicyOptions options)
    {
        Manifest = verified.Manifest!;
        Embodiments = verified.Profiles;
        _words = verified.Words!;
        _prompt = Manifest.Prompt.Kind == PromptKind.Chat ? new ChatPrompt(_words, Manifest) : new InstructionPrompt(_words, Manifest);
        _graphs = verified.TakeGraphs();
        _options = options;
    }

    /// <summary>What the bundle says about itself.</summary>
    public PolicyManifest Manifest { get; }

    /// <summary>Profiles of the arms that this bundle can drive, by name.</summary>
    public IReadOnlyDictionary<string, EmbodimentProfile> Embodiments { get; }

    /// <summary>Verifies and loads a bundle. Slow: reads and hashes every file.</summary>
    /// <exception cref="BundleRejectedException">The bundle has faults; all of them are listed.</exception>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider asked for is missing.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays loaded.</exception>
    public static PolicyBundle Load(string directory, PolicyOptions options, CancellationToken cancellation = default)
    {
        using var verifier = Open(directory, options, cancellation);
        if (verifier.Faults.Count > 0) throw new BundleRejectedException(directory, verifier.Faults);
        var bundle = new PolicyBundle(verifier, options);
        foreach (var embodiment in bundle.Embodiments.Keys)
            Rehearsal.Run(bundle.PartsFor(embodiment));
        return bundle;
    }

    /// <summary>All faults of a bundle; empty where it can be served. Checks as <see cref="Load"/> does, and frees what it loaded.</summary>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider asked for is missing.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; half a verification is none.</exception>
    public static IReadOnlyList<BundleFault> Verify(string directory, PolicyOptions options, CancellationToken cancellation = default)
    {
        using var verifier = Open(directory, options, cancellation);
        return verifier.Faults;
    }

    /// <summary>All faults that show without running a graph: for bundles that this machine cannot run, or not in the memory it has.</summary>
    /// <exception cref="OnnxUnavailableException">The native library is missing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; half a verification is none.</exception>
    public static IReadOnlyList<BundleFault> VerifyStructure(string directory, CancellationToken cancellation = default)
    {
        OnnxEnvironment.Require(new OnnxOptions());
        using var verifier = BundleVerifier.Open(directory, options: null, cancellation);
        return verifier.Faults;
    }

    /// <summary>All that is wrong with a profile under a policy with these terms, each fault with the name that the file is given here.</summary>
    public static IReadOnlyList<BundleFault> CheckProfile(string file, EmbodimentProfile profile, StateManifest state, LatentManifest latent)
    {
        var faults = new FaultList();
        new ProfileCheck(file, profile, state, latent, faults).Run(profile.Name);
        return faults.Faults;
    }

    /// <summary>Says whether the policy understands an instruction. Any thread.</summary>
    public InstructionCheck CheckInstruction(string instruction) => _prompt.Check(instruction, out _);

    /// <summary>Makes the policy of one session: its buffers, its decoder thread, its noise.</summary>
    /// <exception cref="ArgumentException">The bundle has no such embodiment.</exception>
    public DiffusionVlaPolicy CreatePolicy(string embodiment, ulong noiseSeed, TimeProvider clock) =>
        new(PartsFor(embodiment), noiseSeed, clock);

    /// <summary>Makes a plain greedy decoder over the same graphs, for evaluation and tests.</summary>
    /// <exception cref="ArgumentException">The bundle has no such embodiment.</exception>
    public GreedyDecoder CreateGreedyDecoder(string embodiment) => new(PartsFor(embodiment));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _graphs.Release();
    }

    internal PolicyParts PartsFor(string embodiment)
    {
        if (!Embodiments.TryGetValue(embodiment, out var profile))
            throw new ArgumentException(
                $"The bundle has no embodiment '{embodiment}', only {string.Join(", ", Embodiments.Keys)}.", nameof(embodiment));
        return new PolicyParts(Manifest, profile, _graphs, _words, _prompt, _options);
    }

    private static BundleVerifier Open(string directory, PolicyOptions options, CancellationToken cancellation)
    {
        var errors = options.Validate();
        if (errors.Count > 0) throw new ArgumentException($"The policy options are invalid: {string.Join("; ", errors)}", nameof(options));
        OnnxEnvironment.Require(options.Onnx);
        return BundleVerifier.Open(directory, options.Onnx, cancellation);
    }
}
