using System.Runtime.ExceptionServices;
using DiVLA.Control.Policy.Backbone;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Tokenizer;
using DiVLA.Control.Robot;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Decodes phrases on a thread of its own, beside the control path, and swaps each in when it is complete.</summary>
/// <remarks>
/// One job at a time, always finished, never queued. A job that waited would rest on a frame older than the next tick's, and dropping a
/// running one for a newer frame would starve a decoder slower than a tick. When a phrase is complete, the next tick verifies it against
/// the newest frame and, where it has aged, hands over a job that keeps all tokens that still hold.
/// </remarks>
internal sealed class ReasoningDecoder : IDisposable
{
    private readonly CameraTensors _frames;
    private readonly GraphTensor<float> _state;
    private readonly BackboneStage _backbone;
    private readonly TokenDecoder _tokens;
    private readonly ITextTokenizer _words;
    private readonly TimeProvider _clock;
    private readonly int[] _phrase;
    private readonly ManualResetEventSlim _idle = new(true);
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private Job _job;
    private volatile bool _isStopping;
    private ReasoningPhrase? _current;
    private DecoderFault? _fault;
    private long _lastId;

    /// <summary>Makes the decoder's own buffers beside those of the control path and starts its thread.</summary>
    public ReasoningDecoder(SharedGraphs graphs, PolicyManifest manifest, ITextTokenizer words, TimeProvider clock)
    {
        _frames = new CameraTensors(manifest, graphs.Device);
        _state = new GraphTensor<float>(graphs.Device, 1, manifest.State.Size);
        _backbone = new BackboneStage(graphs.Backbone, manifest, _frames, _state);
        _tokens = new TokenDecoder(graphs.Reasoning, manifest, _backbone.Cache);
        _words = words;
        _clock = clock;
        _phrase = new int[manifest.Prompt.MaxPhraseTokens];
        _thread = new Thread(Run) { Name = "reasoning-decoder", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The newest complete phrase; null before the first. Any thread.</summary>
    public ReasoningPhrase? Current => Volatile.Read(ref _current);

    /// <summary>Hands over a draft that failed verification: decoding goes on from the first mismatch.</summary>
    /// <remarks>Does nothing while a job runs. Never waits. A draft that holds under another pin becomes a phrase of that pin.</remarks>
    public void ContinueFromPolicy(
        BackboneStage verified, Instruction instruction, PhrasePin? pin, ReadOnlySpan<int> draft, DraftVerdict verdict, ulong sequence)
    {
        if (!_idle.IsSet) return;
        _tokens.Cache.CopyPrefixFrom(verified.Cache, instruction.PromptLength + verdict.Kept);
        draft[..verdict.Kept].CopyTo(_phrase);
        Start(new Job(instruction, pin, sequence, verdict.Kept, verdict.Next, IsRestart: false));
    }

    /// <summary>Hands over an observation under a new instruction: the prompt is run here, then the whole phrase.</summary>
    /// <remarks>Does nothing while a job runs. Never waits.</remarks>
    public void RestartFromPolicy(CameraTensors frames, ReadOnlySpan<float> state, Instruction instruction, PhrasePin? pin, ulong sequence)
    {
        if (!_idle.IsSet) return;
        _frames.CopyFrom(frames);
        state.CopyTo(_state.Span);
        Start(new Job(instruction, pin, sequence, Kept: 0, Next: 0, IsRestart: true));
    }

    /// <summary>What went wrong since the last call, once; no fault where nothing did.</summary>
    /// <remarks>Throws what a job ended with where no outcome describes it: a defect ends the session that it happened in, on the thread that runs it.</remarks>
    public PolicyFault TakeFault()
    {
        if (Volatile.Read(ref _fault) is null) return default;
        var fault = Interlocked.Exchange(ref _fault, null)!;
        fault.Defect?.Throw();
        return fault.Fault;
    }

    /// <summary>Blocks until no job runs. For callers without a deadline: warm-up, evaluation, tests.</summary>
    public void WaitUntilIdle() => _idle.Wait();

    /// <inheritdoc/>
    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
        _idle.Dispose();
        _tokens.Dispose();
        _backbone.Dispose();
        _frames.Dispose();
        _state.Dispose();
    }

    private void Start(in Job job)
    {
        _job = job;
        _idle.Reset();
        _wake.Set();
    }

    private void Run()
    {
        while (_wake.WaitOne() && !_isStopping)
        {
            RunJob(_job);
            _idle.Set();
        }
    }

    private void RunJob(in Job job)
    {
        try
        {
            Decode(job);
        }
        catch (Exception error) when (error is OnnxRuntimeException or DeviceException)
        {
            // Surfaces as the outcome of the next inference, which holds the arm and names the stage.
            _fault = new DecoderFault(new PolicyFault(PolicyOutcome.RuntimeFailure, PolicyStage.Reasoning, Error: error));
        }
        catch (Exception defect)
        {
            // On this thread it would end the process, and with it every arm.
            _fault = new DecoderFault(default, ExceptionDispatchInfo.Capture(defect));
        }
    }

    private void Decode(in Job job)
    {
        var started = MonotonicTime.Now(_clock);
        var decoded = job.IsRestart
            ? DecodeAll(job)
            : _tokens.Continue(_phrase, job.Instruction.PromptLength, job.Kept, job.Next, job.Pin?.Constraint);
        if (!decoded.IsFinite)
            _fault = new DecoderFault(new PolicyFault(PolicyOutcome.NonFinite, PolicyStage.Reasoning));
        // An empty phrase gives the head nothing to act on: the one before keeps steering, as pending.
        else if (decoded.Length > 0)
            Publish(job, decoded, MonotonicTime.Now(_clock) - started);
    }

    private DecodedPhrase DecodeAll(in Job job)
    {
        _state.Upload();
        _backbone.Prefill(job.Instruction, default);
        return _tokens.Continue(_phrase, job.Instruction.PromptLength, 0, (int)_backbone.DraftArgmax.Span[0], job.Pin?.Constraint);
    }

    private void Publish(in Job job, in DecodedPhrase decoded, long decodeNs)
    {
        var tokens = _phrase.AsSpan(0, decoded.Length).ToArray();
        var phrase = new ReasoningPhrase(job.Instruction, tokens)
        {
            Id = ++_lastId,
            Text = _words.Decode(tokens),
            Pin = job.Pin,
            ObservationSequence = job.Sequence,
            IsEnded = decoded.IsEnded,
            DecodedTokens = decoded.Length - job.Kept,
            DecodeNs = decodeNs,
        };
        Volatile.Write(ref _current, phrase);
    }

    private readonly record struct Job(Instruction Instruction, PhrasePin? Pin, ulong Sequence, int Kept, int Next, bool IsRestart);

    private sealed record DecoderFault(PolicyFault Fault, ExceptionDispatchInfo? Defect = null);
}
