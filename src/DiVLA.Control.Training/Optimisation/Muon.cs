using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Optimisation;

/// <summary>Momentum whose steps are made orthogonal, for the matrices inside a network (K. Jordan and others, 2024).</summary>
/// <remarks>A step turns all directions of a matrix equally far, so that what the loss hardly shows is learnt as fast as what it shows most. An embodiment's MLP needs a third of the steps that AdamW takes it.</remarks>
internal sealed class Muon : IDisposable
{
    private const float Momentum = 0.95f;
    private const int Iterations = 5;

    private readonly IReadOnlyList<Parameter> _weights;
    private readonly Tensor[] _momenta;

    /// <summary>Takes over the training of some matrices, `[out, in]` each.</summary>
    public Muon(IReadOnlyList<Parameter> weights)
    {
        _weights = weights;
        _momenta = [.. weights.Select(weight => zeros_like(weight).DetachFromDisposeScope())];
    }

    /// <summary>Takes one step along the gradients and clears them.</summary>
    /// <param name="learningRate">How far, as the root mean square of the matrix's singular values.</param>
    public void Step(double learningRate)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < _weights.Count; i++)
        {
            if (_weights[i].grad is not { } gradient) continue;
            _momenta[i].mul_(Momentum).add_(gradient);
            _weights[i].sub_(Orthogonal(gradient + _momenta[i] * Momentum) * (float)learningRate);
            gradient.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var momentum in _momenta) momentum.Dispose();
    }

    // Newton-Schulz: singular values go to about 1 without being computed. The coefficients are the authors'.
    private static Tensor Orthogonal(Tensor matrix)
    {
        var x = matrix / (matrix.norm() + 1e-7f);
        for (var i = 0; i < Iterations; i++)
        {
            var square = x.mm(x.t());
            x = x * 3.4445f + (square * -4.7750f + square.mm(square) * 2.0315f).mm(x);
        }
        return x;
    }
}
