using DiVLA.Control.Policy.Onnx.Devices;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>The loaded graphs of a bundle. Freed when the bundle and the last policy made from it have let go.</summary>
internal sealed class SharedGraphs
{
    private int _users = 1;

    public required OnnxGraph Backbone { get; init; }

    public required OnnxGraph Reasoning { get; init; }

    public required OnnxGraph Diffusion { get; init; }

    /// <summary>Where these three run; null for the host, on which Embodiment always runs.</summary>
    public DeviceMemory? Device => Backbone.Device;

    /// <summary>By name of the embodiment.</summary>
    public required IReadOnlyDictionary<string, OnnxGraph> Embodiments { get; init; }

    /// <summary>Counts one more user.</summary>
    /// <exception cref="ObjectDisposedException">The last user has let go.</exception>
    public SharedGraphs Share()
    {
        lock (Embodiments)
        {
            ObjectDisposedException.ThrowIf(_users == 0, this);
            _users++;
        }
        return this;
    }

    /// <summary>One user lets go; the last one frees the graphs.</summary>
    public void Release()
    {
        lock (Embodiments)
            if (--_users > 0) return;
        Backbone.Dispose();
        Reasoning.Dispose();
        Diffusion.Dispose();
        foreach (var graph in Embodiments.Values) graph.Dispose();
    }
}
