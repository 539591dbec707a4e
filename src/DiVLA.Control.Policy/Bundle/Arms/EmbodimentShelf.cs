using DiVLA.Control.Policy.Bundle.Checks;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Arms;

/// <summary>The arms that a served bundle offers: those that policy.json lists, for good, and folders that were put beside them, as they come and go.</summary>
/// <remarks>
/// A folder is verified before it is offered, and again when one of its files changes. What is offered is a new dictionary each time: whoever holds
/// the one before, or an arm of it, can go on with it. Any thread; a refresh waits for one that is under way.
/// </remarks>
internal sealed class EmbodimentShelf
{
    private readonly BundleFolder _folder;
    private readonly PolicyManifest _manifest;
    private readonly OnnxOptions _options;
    private readonly SharedGraphs _graphs;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FolderStamp> _judged = [];
    private readonly Dictionary<string, FolderStamp> _lastSeen = [];
    private readonly HashSet<string> _added = [];
    private readonly List<LoadedEmbodiment> _all;
    private volatile IReadOnlyDictionary<string, LoadedEmbodiment> _offered;
    private volatile IReadOnlyDictionary<string, EmbodimentChange> _refused = new Dictionary<string, EmbodimentChange>();

    public EmbodimentShelf(BundleFolder folder, PolicyManifest manifest, OnnxOptions options, SharedGraphs graphs, IReadOnlyDictionary<string, LoadedEmbodiment> listed)
    {
        (_folder, _manifest, _options, _graphs, _offered) = (folder, manifest, options, graphs, listed);
        _all = [.. listed.Values];
    }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, LoadedEmbodiment> Offered => _offered;

    /// <summary>Folders that must not be offered, with the reason, by name.</summary>
    public IReadOnlyDictionary<string, EmbodimentChange> Refused => _refused;

    /// <summary>Names of the folders of `embodiments` that policy.json does not list. Names that begin with a dot are somebody's unfinished work.</summary>
    public static IReadOnlyList<string> AddedFolders(BundleFolder folder, PolicyManifest manifest)
    {
        var root = new DirectoryInfo(folder.FullPath(EmbodimentPaths.Folder));
        if (!root.Exists) return [];
        var listed = manifest.Embodiments.Select(embodiment => embodiment.Name).ToHashSet();
        return [.. root.EnumerateDirectories().Select(directory => directory.Name).Where(name => !name.StartsWith('.') && !listed.Contains(name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>An arm that is or was offered, by the profile that was shown of it.</summary>
    /// <exception cref="ArgumentException">There never was one.</exception>
    public LoadedEmbodiment Find(EmbodimentProfile profile)
    {
        lock (_all)
            return _all.Find(embodiment => ReferenceEquals(embodiment.Profile, profile)) ?? throw new ArgumentException($"The bundle never had this embodiment '{profile.Name}'.", nameof(profile));
    }

    /// <summary>Looks at the folders again.</summary>
    /// <param name="settledOnly">True to leave alone what has changed since the last look: somebody may still be copying.</param>
    /// <param name="cancellation">Ends within a file; what was judged so far stands.</param>
    /// <returns>What changed.</returns>
    public IReadOnlyList<EmbodimentChange> Refresh(bool settledOnly, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var folders = AddedFolders(_folder, _manifest);
            var changes = new List<EmbodimentChange>();
            foreach (var gone in _judged.Keys.Except(folders).ToList()) Withdraw(gone, changes);
            foreach (var name in folders)
                if (IsToBeJudged(name, settledOnly)) changes.Add(Judge(name, cancellation));
            return changes;
        }
    }

    private bool IsToBeJudged(string name, bool settledOnly)
    {
        var stamp = FolderStamp.Of(_folder.FullPath($"{EmbodimentPaths.Folder}/{name}"));
        var isSettled = _lastSeen.TryGetValue(name, out var last) && last == stamp;
        _lastSeen[name] = stamp;
        return (isSettled || !settledOnly) && !(_judged.TryGetValue(name, out var judged) && judged == stamp);
    }

    private EmbodimentChange Judge(string name, CancellationToken cancellation)
    {
        var (embodiment, faults) = AddedEmbodiment.Load(_folder, name, _manifest, _options, cancellation);
        // Taken before the files were read: what changes meanwhile is judged again.
        _judged[name] = _lastSeen[name];
        if (embodiment is null) return Refuse(new EmbodimentChange(name, EmbodimentChangeKind.Refused, faults));
        Offer(name, embodiment);
        return new EmbodimentChange(name, EmbodimentChangeKind.Offered, []);
    }

    private EmbodimentChange Refuse(EmbodimentChange refusal)
    {
        _refused = new Dictionary<string, EmbodimentChange>(_refused) { [refusal.Embodiment] = refusal };
        return refusal;
    }

    private void Offer(string name, LoadedEmbodiment embodiment)
    {
        try
        {
            _graphs.Keep(embodiment.Graph);
        }
        catch (ObjectDisposedException)
        {
            embodiment.Graph.Dispose();
            throw;
        }
        _added.Add(name);
        lock (_all) _all.Add(embodiment);
        _offered = new Dictionary<string, LoadedEmbodiment>(_offered) { [name] = embodiment };
        _refused = Without(_refused, name);
    }

    private void Withdraw(string name, List<EmbodimentChange> changes)
    {
        _judged.Remove(name);
        _lastSeen.Remove(name);
        _refused = Without(_refused, name);
        if (!_added.Remove(name)) return;
        _offered = Without(_offered, name);
        changes.Add(new EmbodimentChange(name, EmbodimentChangeKind.Withdrawn, []));
    }

    private static Dictionary<string, T> Without<T>(IReadOnlyDictionary<string, T> all, string name) =>
        all.Where(entry => entry.Key != name).ToDictionary(entry => entry.Key, entry => entry.Value);
}
