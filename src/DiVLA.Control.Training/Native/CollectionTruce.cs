using System.Runtime;

namespace DiVLA.Control.Training.Native;

/// <summary>Keeps the garbage collector out of a stretch of TorchSharp calls.</summary>
/// <remarks>
/// TorchSharp hands numbers to libtorch as objects of their own (`tensor * 2f` makes one) and does not keep them alive during the native call:
/// a collection at that moment frees one under libtorch's feet, about once an hour of training ("toFloat ... Expected false to be true").
/// Between truces collections run as ever.
/// </remarks>
internal readonly struct CollectionTruce : IDisposable
{
    private const long ManagedBytes = 200L << 20;

    /// <summary>Begins a truce; its end is the end of the using block.</summary>
    public static CollectionTruce Begin()
    {
        if (GCSettings.LatencyMode != GCLatencyMode.NoGCRegion) GC.TryStartNoGCRegion(ManagedBytes);
        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The mode is left early when more than the bytes asked for were allocated.
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
    }
}
