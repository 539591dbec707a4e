using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service;

/// <summary>Percentiles between domain and message.</summary>
internal static class WireLatency
{
    public static Wire.LatencyPercentiles ToWire(in LatencyPercentiles latency) => new()
    {
        Count = (ulong)latency.Count,
        P50Us = latency.P50Us,
        P90Us = latency.P90Us,
        P99Us = latency.P99Us,
        P999Us = latency.P999Us,
        MaxUs = latency.MaxUs,
    };
}
