namespace DiVLA.Control.Policy.Onnx;

/// <summary>The native ONNX Runtime library, or the execution provider that was asked for, cannot be used. Stops the start-up.</summary>
public sealed class OnnxUnavailableException : Exception
{
    public OnnxUnavailableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
