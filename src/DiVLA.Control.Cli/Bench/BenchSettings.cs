using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Cli.Bench;

/// <summary>What a benchmark was asked to be.</summary>
/// <param name="Bundle">Folder of the bundle.</param>
/// <param name="Passes">Full passes that are timed.</param>
/// <param name="Phrases">New phrases that are timed.</param>
/// <param name="Seconds">Length of the closed loop; 0 for none. Unit: s.</param>
/// <param name="Instructions">Given in turn; at least two, so that each calls for a new phrase.</param>
/// <param name="LogFile">Where the service's log goes; null for nowhere.</param>
/// <param name="Onnx">Where the graphs run.</param>
internal sealed record BenchSettings(
    string Bundle, int Passes, int Phrases, double Seconds, IReadOnlyList<string> Instructions, string? LogFile, OnnxOptions Onnx);
