using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Arms;

/// <summary>An arm that is verified and loaded.</summary>
internal sealed record LoadedEmbodiment(EmbodimentProfile Profile, OnnxGraph Graph);
