using System.Globalization;
using System.Text.Json;
using DiVLA.Control.Benchmarks.Graphs;

namespace DiVLA.Control.Benchmarks.Rewriting;

/// <summary>Times plain graphs against rewritten ones on one core, and says by how much their outputs differ.</summary>
internal static class RewriteBenchmark
{
    private const int WarmUps = 2;
    private const int DefaultRuns = 15;

    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Takes a number of runs, and `--json`.</summary>
    public static int Run(string[] arguments)
    {
        var json = arguments.Contains("--json");
        var runs = arguments.Where(argument => int.TryParse(argument, out _)).Select(int.Parse).FirstOrDefault(DefaultRuns);
        foreach (var comparison in Comparisons.All)
        {
            if (!json) Console.WriteLine(comparison.Name);
            foreach (var result in Time(comparison, runs)) Console.WriteLine(json ? JsonSerializer.Serialize(result, _json) : result.Words());
        }
        return 0;
    }

    private static IReadOnlyList<RewriteTime> Time(Comparison comparison, int runs)
    {
        using var folder = comparison.OpenFolder();
        var timers = comparison.Variants.Select(variant => variant.Open(folder)).ToArray();
        try
        {
            GraphTimer.TakeTurns(timers, WarmUps, runs, static () => { });
            var plain = comparison.Read(timers[0]);
            var before = timers[0].Summary().Median;
            return
            [
                .. timers.Select(timer => new RewriteTime(
                    comparison.Name, timer.Name, timer.Summary().Median, before / timer.Summary().Median, LargestDifference(plain, comparison.Read(timer)))),
            ];
        }
        finally
        {
            foreach (var timer in timers) timer.Dispose();
        }
    }

    private static double LargestDifference(float[] plain, float[] rewritten) =>
        plain.Zip(rewritten, (a, b) => Math.Abs((double)a - b)).Max() / plain.Max(value => Math.Abs((double)value));

    /// <param name="Graph">What is computed.</param>
    /// <param name="Variant">How.</param>
    /// <param name="MedianMs">Unit: ms.</param>
    /// <param name="Speedup">The plain graph's time divided by this one's.</param>
    /// <param name="Difference">Largest difference from the plain graph's outputs, in units of their largest magnitude.</param>
    private sealed record RewriteTime(string Graph, string Variant, double MedianMs, double Speedup, double Difference)
    {
        public string Words() => string.Create(CultureInfo.InvariantCulture, $"  {Variant,-52} {MedianMs,10:F3} ms {Speedup,6:F2} x   difference {Difference:E1}");
    }
}
