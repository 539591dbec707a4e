using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.RealTime.Tests;

/// <summary>Simulated time whose timestamps have a frequency that divides nothing, to find code that takes them for nanoseconds.</summary>
internal sealed class OddClock : FakeTimeProvider
{
    public override long TimestampFrequency => 7_654_321;

    public override long GetTimestamp() => (long)((Int128)base.GetTimestamp() * TimestampFrequency / base.TimestampFrequency);
}
