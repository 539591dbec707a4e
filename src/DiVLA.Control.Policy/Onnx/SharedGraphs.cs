using DiVLA.Control.Policy.Onnx.Devices;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>The loaded graphs of a bundle. Freed when the bundle and the last policy made from it have let go.</summary>
internal sealed class SharedGraphs
{
    private readonly Lock _gate = new();
    private readonly List<OnnxGraph> _embodiments = [];
    private int _users = 1;

    public required OnnxGraph Backbone { get; init; }

    public required OnnxGraph Reasoning { get; init; }

    public required OnnxGraph Diffusion { get; init; }

    /// <summary>Where these three run; null for the host, on which Embodiment always runs.</summary>
    public DeviceMemory? Device => Backbone.Device;

    /// <summary>Counts one more user.</summary>
    /// <exception cref="ObjectDisposedException">The last user has let go.</exception>
    public SharedGraphs Share()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_users == 0, this);
            _users++;
        }
        return this;
    }

    /// <summary>Takes over an arm's graph. It stays loaded as long as the others, even where another one takes its place: a session may be about to use it.</summary>
    /// <exception cref="ObjectDisposedException">The last user has let go; the graph stays the caller's.</exception>
    public void Keep(OnnxGraph embodiment)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_users == 0, this);
            _embodiments.Add(embodiment);
        }
    }

    /// <summary>One user lets go; the last one frees the graphs.</summary>
    public void Release()
    {
        lock (_gate)
            if (--_users > 0) return;
        Backbone.Dispose();
        Reasoning.Dispose();
        Diffusion.Dispose();
        foreach (var graph in _embodiments) graph.Dispose();
    }
}
