using DiVLA.Control.Policy.Bundle.Arms;
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
    private readonly EmbodimentShelf _shelf;
    private bool _isDisposed;

    private PolicyBundle(BundleVerifier verified, PolicyOptions options)
    {
        Manifest = verified.Manifest!;
        _words = verified.Words!;
        _prompt = Manifest.Prompt.Kind == PromptKind.Chat ? new ChatPrompt(_words, Manifest) : new InstructionPrompt(_words, Manifest);
        _graphs = verified.TakeGraphs(out var listed);
        _options = options;
        _shelf = new EmbodimentShelf(verified.Folder, Manifest, options.Onnx, _graphs, listed);
    }

    /// <summary>What the bundle says about itself.</summary>
    public PolicyManifest Manifest { get; }

    /// <summary>Profiles of the arms that this bundle can drive now, by name: those that policy.json lists, and what was added beside them.</summary>
    public IReadOnlyDictionary<string, EmbodimentProfile> Embodiments =>
        _shelf.Offered.ToDictionary(embodiment => embodiment.Key, embodiment => embodiment.Value.Profile);

    /// <summary>Folders beside them that must not be used, with the reason, by name.</summary>
    public IReadOnlyDictionary<string, EmbodimentChange> RefusedEmbodiments => _shelf.Refused;

    /// <summary>Verifies and loads a bundle, and every arm that was added to its folder. Slow: reads and hashes every file.</summary>
    /// <remarks>An added arm with faults keeps nothing else from being served: see <see cref="RefusedEmbodiments"/>.</remarks>
    /// <exception cref="BundleRejectedException">The bundle has faults; all of them are listed.</exception>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider asked for is missing.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing stays loaded.</exception>
    public static PolicyBundle Load(string directory, PolicyOptions options, CancellationToken cancellation = default)
    {
        using var verifier = Open(directory, options, cancellation);
        if (verifier.Faults.Count > 0) throw new BundleRejectedException(directory, verifier.Faults);
        var bundle = new PolicyBundle(verifier, options);
        try
        {
            bundle.RefreshEmbodiments(settledOnly: false, cancellation);
            foreach (var embodiment in bundle._shelf.Offered.Values)
                Rehearsal.Run(bundle.PartsFor(embodiment));
            return bundle;
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>All faults of a bundle and of the arms that were added to its folder; empty where all of it can be served. Checks as <see cref="Load"/> does, and frees what it loaded.</summary>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider asked for is missing.</exception>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; half a verification is none.</exception>
    public static IReadOnlyList<BundleFault> Verify(string directory, PolicyOptions options, CancellationToken cancellation = default)
    {
        using var verifier = Open(directory, options, cancellation);
        return [.. verifier.Faults, .. verifier.AddedFaults()];
    }

    /// <summary>Looks at the bundle's folder again: verifies and offers arms that were added, withdraws what is gone. Any thread; slow where there is something new.</summary>
    /// <param name="settledOnly">True to leave alone what has changed since the last look: somebody may still be copying.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="ObjectDisposedException">The bundle is not served any more.</exception>
    public IReadOnlyList<EmbodimentChange> RefreshEmbodiments(bool settledOnly, CancellationToken cancellation = default) => _shelf.Refresh(settledOnly, cancellation);

    /// <summary>All faults that show without running a graph: for bundles that this machine cannot run, or not in the memory it has.</summary>
    /// <param name="directory">The bundle.</param>
    /// <param name="natives">Folder of the native library, which checks the graphs; null takes the one that was restored.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <exception cref="OnnxUnavailableException">The native library is missing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; half a verification is none.</exception>
    public static IReadOnlyList<BundleFault> VerifyStructure(string directory, string? natives = null, CancellationToken cancellation = default)
    {
        OnnxEnvironment.Require(new OnnxOptions { NativeLibraryDirectory = natives });
        using var verifier = BundleVerifier.Open(directory, options: null, cancellation);
        return [.. verifier.Faults, .. verifier.AddedFaults()];
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

    /// <summary>As above, for an arm as <see cref="Embodiments"/> gave it: also where another one has taken its place since.</summary>
    /// <exception cref="ArgumentException">The bundle never had this embodiment.</exception>
    public DiffusionVlaPolicy CreatePolicy(EmbodimentProfile embodiment, ulong noiseSeed, TimeProvider clock) =>
        new(PartsFor(_shelf.Find(embodiment)), noiseSeed, clock);

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
        var offered = _shelf.Offered;
        return offered.TryGetValue(embodiment, out var found)
            ? PartsFor(found)
            : throw new ArgumentException($"The bundle has no embodiment '{embodiment}', only {string.Join(", ", offered.Keys)}.", nameof(embodiment));
    }

    private PolicyParts PartsFor(LoadedEmbodiment embodiment) => new(Manifest, embodiment, _graphs, _words, _prompt, _options);

    private static BundleVerifier Open(string directory, PolicyOptions options, CancellationToken cancellation)
    {
        var errors = options.Validate();
        if (errors.Count > 0) throw new ArgumentException($"The policy options are invalid: {string.Join("; ", errors)}", nameof(options));
        OnnxEnvironment.Require(options.Onnx);
        return BundleVerifier.Open(directory, options.Onnx, cancellation);
    }
}
