using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx.Loading;

/// <summary>Errors that the native library logs. It says there, and nowhere else, which library of a provider it could not load.</summary>
internal static class NativeLog
{
    private static readonly Lock Gate = new();
    private static List<string>? _kept;

    /// <summary>Takes a line. Any thread.</summary>
    public static void Write(nint parameter, OrtLoggingLevel severity, string category, string logId, string location, string message)
    {
        lock (Gate)
        {
            if (_kept is not null) _kept.Add(message);
            else Console.Error.WriteLine($"onnxruntime: {message}");
        }
    }

    /// <summary>What is logged while something is tried, instead of writing it to the standard error.</summary>
    public static IReadOnlyList<string> KeepWhile(Action attempt)
    {
        var kept = new List<string>();
        lock (Gate) _kept = kept;
        try
        {
            attempt();
        }
        finally
        {
            lock (Gate) _kept = null;
        }
        return kept;
    }
}
