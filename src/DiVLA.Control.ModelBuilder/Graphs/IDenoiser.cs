using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>A published head between the condition and the scheduler: the noise that it sees in a sample.</summary>
internal interface IDenoiser
{
    /// <summary>Actions `[1, H, A]` in the layout that the head computes in.</summary>
    Value Enter(string path, Value actions);

    /// <summary>A sample as actions `[1, H, A]` again.</summary>
    Value Leave(string path, Value sample);

    /// <summary>The noise in a sample at a sampling step, in the head's own layout.</summary>
    Value Epsilon(string path, int step, Value sample);
}
