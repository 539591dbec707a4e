using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Backbone;

/// <summary>What the backbone reads besides pictures: the prompt's text and the draft phrase.</summary>
internal interface IPromptTensors : IDisposable
{
    /// <summary>Names and tensors to bind.</summary>
    IEnumerable<(string Name, GraphTensor Tensor)> Named { get; }

    /// <summary>Fills the tensors and brings them to where graphs run. Does not allocate.</summary>
    void Write(Instruction instruction, ReadOnlySpan<int> draft);
}
