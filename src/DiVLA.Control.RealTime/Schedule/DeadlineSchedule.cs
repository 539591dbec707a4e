using System.Numerics;
using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Absolute deadlines at a fixed rate: tick k is due at start + k / rate, to the nanosecond above, for ever.</summary>
/// <remarks>
/// A double is a fraction of two integers, so k * 1e9 / rate is computed without rounding whatever the rate, and never accumulates.
/// Deadlines are rounded up: then "tick k is due" and "k / rate has passed" are the same statement, and <see cref="LastDueAt"/> is exact.
/// A tick whose successor is due already is skipped and counted; a tick that can still be served before its successor is merely late.
/// Knows no clock; does not allocate. One thread serves; <see cref="DueAt"/> and <see cref="LastDueAt"/> are for any.
/// </remarks>
public sealed class DeadlineSchedule
{
    /// <summary>Slowest rate. Unit: Hz.</summary>
    public const double MinRateHz = 1;

    /// <summary>Fastest rate. Unit: Hz.</summary>
    public const double MaxRateHz = 10_000;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly UInt128 _numerator;
    private readonly UInt128 _denominator;
    private long _next;

    /// <summary>Lays out the ticks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [<see cref="MinRateHz"/>, <see cref="MaxRateHz"/>] or not a number.</exception>
    public DeadlineSchedule(MonotonicTime start, double rateHz)
    {
        if (!(rateHz is >= MinRateHz and <= MaxRateHz))
            throw new ArgumentOutOfRangeException(nameof(rateHz), rateHz, "Control rate outside [1, 10000] Hz.");
        Start = start;
        RateHz = rateHz;
        (_numerator, _denominator) = AsFraction(rateHz);
        NextDue = start;
    }

    /// <summary>When tick 0 is due.</summary>
    public MonotonicTime Start { get; }

    /// <summary>Ticks a second. Unit: Hz.</summary>
    public double RateHz { get; }

    /// <summary>When the next tick is due that was not served yet.</summary>
    public MonotonicTime NextDue { get; private set; }

    /// <summary>Ticks that were due up to and including the last one served.</summary>
    public long TicksDue => _next;

    /// <summary>Ticks that passed without being served.</summary>
    public long Missed { get; private set; }

    /// <summary>When tick <paramref name="index"/> is due.</summary>
    public MonotonicTime DueAt(long index)
    {
        var (quotient, rest) = UInt128.DivRem((UInt128)(ulong)index * NanosecondsPerSecond * _denominator, _numerator);
        return Start + (long)quotient + (rest == 0 ? 0 : 1);
    }

    /// <summary>The last tick due at <paramref name="now"/>, or -1 before the first.</summary>
    public long LastDueAt(MonotonicTime now)
    {
        var elapsed = now - Start;
        return elapsed < 0 ? -1 : (long)((UInt128)(ulong)elapsed * _numerator / (NanosecondsPerSecond * _denominator));
    }

    /// <summary>Serves the newest tick that is due, or the next one where none is, and skips what came before it.</summary>
    public Tick Serve(MonotonicTime now)
    {
        var index = now < NextDue ? _next : Math.Max(_next, LastDueAt(now));
        var skipped = index - _next;
        var due = skipped == 0 ? NextDue : DueAt(index);
        Missed += skipped;
        _next = index + 1;
        NextDue = DueAt(_next);
        return new Tick(index, due, skipped);
    }

    // 1 Hz and more: the exponent is at least -52, so the denominator fits beside 1e9 and 2^45 ticks.
    private static (UInt128 Numerator, UInt128 Denominator) AsFraction(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1075;
        var mantissa = bits & ((1UL << 52) - 1) | 1UL << 52;
        var trailing = BitOperations.TrailingZeroCount(mantissa);
        mantissa >>= trailing;
        exponent += trailing;
        return exponent >= 0 ? ((UInt128)mantissa << exponent, 1) : (mantissa, UInt128.One << -exponent);
    }
}
