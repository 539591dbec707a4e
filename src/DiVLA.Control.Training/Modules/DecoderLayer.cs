using DiVLA.Control.ModelBuilder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>One layer of a Qwen2-style decoder: causal grouped-query attention with rotary positions, then SwiGLU.</summary>
internal sealed class DecoderLayer : nn.Module
{
    private readonly int _heads;
    private readonly int _kvHeads;
    private readonly int _headDim;
    private readonly RmsNorm _inputNorm;
    private readonly RmsNorm _postAttentionNorm;
    private readonly Linear _q;
    private readonly Linear _k;
    private readonly Linear _v;
    private readonly Linear _o;
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;

    public DecoderLayer(ModelConfig config) : base("layer")
    {
        (_heads, _kvHeads, _headDim) = (config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim);
        var d = config.HiddenSize;
        Register("input_layernorm", _inputNorm = new RmsNorm(d, config.RmsNormEps));
        Register("self_attn/q_proj", _q = nn.Linear(d, _heads * _headDim));
        Register("self_attn/k_proj", _k = nn.Linear(d, _kvHeads * _headDim));
        Register("self_attn/v_proj", _v = nn.Linear(d, _kvHeads * _headDim));
        Register("self_attn/o_proj", _o = nn.Linear(_heads * _headDim, d, hasBias: false));
        Register("post_attention_layernorm", _postAttentionNorm = new RmsNorm(d, config.RmsNormEps));
        Register("mlp/gate_proj", _gate = nn.Linear(d, config.IntermediateSize, hasBias: false));
        Register("mlp/up_proj", _up = nn.Linear(d, config.IntermediateSize, hasBias: false));
        Register("mlp/down_proj", _down = nn.Linear(config.IntermediateSize, d, hasBias: false));
    }

    /// <summary>hidden [B, T, D], cos and sin [T, 32], mask [2T, T] (0 or -inf, rows once a query head of a group) -> [B, T, D].</summary>
    public Tensor Forward(Tensor hidden, Tensor cos, Tensor sin, Tensor mask)
    {
        hidden = hidden + Attend(_inputNorm.Forward(hidden), cos, sin, mask);
        var x = _postAttentionNorm.Forward(hidden);
        return hidden + _down.forward(nn.functional.silu(_gate.forward(x)) * _up.forward(x));
    }

    private Tensor Attend(Tensor x, Tensor cos, Tensor sin, Tensor mask)
    {
        var (b, t) = (x.shape[0], x.shape[1]);
        var q = Rotate(Split(_q.forward(x), b, t, _heads), cos, sin);   // [B, heads, T, 32]
        var k = Rotate(Split(_k.forward(x), b, t, _kvHeads), cos, sin); // [B, kv, T, 32]
        var v = Split(_v.forward(x), b, t, _kvHeads);                   // [B, kv, T, 32]
        // The query heads of a group lie one after the other along T, so that no key is copied.
        var grouped = q.reshape(b, _kvHeads, _heads / _kvHeads * t, _headDim);
        var scores = grouped.matmul(k.transpose(2, 3)) * (1f / MathF.Sqrt(_headDim)) + mask; // [B, kv, 2T, T]
        var attended = scores.softmax(-1).matmul(v).reshape(b, _heads, t, _headDim);
        return _o.forward(attended.transpose(1, 2).reshape(b, t, _heads * _headDim));
    }

    private Tensor Split(Tensor x, long b, long t, int heads) => x.view(b, t, heads, _headDim).transpose(1, 2);

    private static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        var halves = x.chunk(2, -1);
        return x * cos + cat([-halves[1], halves[0]], -1) * sin;
    }

    private void Register(string name, nn.Module module) => register_module(name, module);
}
