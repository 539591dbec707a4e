using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using Grpc.Core;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Reads what the robot sends: checks it, hands the newest observation to the policy and tells the loop that the robot is alive.</summary>
internal sealed class SessionIngress(
    ObservationGate gate,
    ObservationMailbox mailbox,
    ClockOffset clockOffset,
    LoopSignals signals,
    DiffusionVlaPolicy policy,
    ObservationStatistics statistics,
    FrameTap frames,
    SessionNews news,
    SessionLog log,
    TimeProvider clock)
{
    private const int MaxInstructionLength = 512;
    private readonly Lock _instructing = new();
    private const int MaxReasonLength = 256;
    private const long RefusalPauseNs = 200_000_000;
    private long _heardNs = MonotonicTime.Now(clock).Nanoseconds;
    private long _refusalSentNs;
    private MonotonicTime _lastCapturedAt;
    private volatile string _instruction = "";
    private ObservedArm? _arm;

    /// <summary>When the robot was last heard of. Service clock.</summary>
    public MonotonicTime HeardAt => new(Volatile.Read(ref _heardNs));

    /// <summary>The last instruction that the policy took over; empty where that is still the first one.</summary>
    public string Instruction => _instruction;

    /// <summary>Where the arm was last seen; null before the first observation.</summary>
    public ObservedArm? Arm => Volatile.Read(ref _arm);

    /// <summary>What the robot did that it must not do; null where nothing.</summary>
    public RpcException? Violation { get; private set; }

    /// <summary>Gives the policy another instruction; the robot is told where it takes it over. Any thread: robot and operators may ask at once.</summary>
    public InstructionCheck Instruct(string instruction)
    {
        if (instruction.Length > MaxInstructionLength) return new InstructionCheck(InstructionOutcome.TooLong, [], instruction.Length, MaxInstructionLength);
        // What is shown must be what the policy was told last.
        lock (_instructing)
        {
            var check = policy.SetInstruction(instruction);
            if (check.Outcome != InstructionOutcome.Accepted) return check;
            _instruction = instruction;
            log.InstructionChanged(Printable.Line(instruction, MaxInstructionLength));
            news.Post(new Wire.ControlResponse { InstructionAccepted = new Wire.InstructionAccepted { Instruction = instruction } });
            return check;
        }
    }

    /// <summary>Reads until the robot stops, the stream ends or the session is over.</summary>
    public async Task<Wire.SessionEnd> ReadAsync(IAsyncStreamReader<Wire.ControlRequest> requests, CancellationToken ended)
    {
        try
        {
            while (await requests.MoveNext(ended))
                if (Take(requests.Current) is { } end) return end;
            return Wire.SessionEnd.StreamCompleted;
        }
        catch (RpcException error)
        {
            return Violate(error);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            if (!ended.IsCancellationRequested) log.ConnectionLost(error.Message);
            return Wire.SessionEnd.ConnectionLost;
        }
    }

    private Wire.SessionEnd? Take(Wire.ControlRequest request)
    {
        var receivedAt = MonotonicTime.Now(clock);
        switch (request.MessageCase)
        {
            case Wire.ControlRequest.MessageOneofCase.Observation:
                TakeObservation(request.Observation, receivedAt);
                break;
            case Wire.ControlRequest.MessageOneofCase.Heartbeat:
                TakeAcknowledgement(request.Heartbeat.Acknowledgement, request.Heartbeat.SentNs, receivedAt);
                break;
            case Wire.ControlRequest.MessageOneofCase.Instruction:
                TakeInstruction(request.Instruction.Instruction);
                break;
            case Wire.ControlRequest.MessageOneofCase.Stop:
                log.StopRequested(Printable.Line(request.Stop.Reason, MaxReasonLength));
                return Wire.SessionEnd.StoppedByRobot;
            default:
                return Violate(new RpcException(new Status(StatusCode.InvalidArgument, $"'{request.MessageCase}' is not allowed in an open session")));
        }
        Volatile.Write(ref _heardNs, receivedAt.Nanoseconds);
        signals.RenewLeaseFromIngress(receivedAt);
        return null;
    }

    private void TakeObservation(Wire.Observation message, MonotonicTime receivedAt)
    {
        statistics.CountReceived();
        TakeAcknowledgement(message.Acknowledgement, message.SentNs, receivedAt);
        var capturedAt = clockOffset.ToService(message.CapturedNs, message.SentNs, receivedAt);
        var verdict = gate.Check(message, receivedAt - capturedAt, receivedAt);
        if (!verdict.IsAccepted)
        {
            Refuse(message.Sequence, verdict, receivedAt);
            return;
        }
        // A better clock estimate may move the past by a little; the order of observations never changes.
        _lastCapturedAt = capturedAt > _lastCapturedAt ? capturedAt : _lastCapturedAt + 1;
        var slot = mailbox.BeginFromIngress();
        slot.FillFromIngress(message, _lastCapturedAt, receivedAt);
        Volatile.Write(ref _arm, new ObservedArm(new RobotCommand(slot.State.Joints, slot.State.GripperWidth), receivedAt));
        signals.ObserveFromIngress((long)message.Sequence, _lastCapturedAt);
        mailbox.PostFromIngress();
        frames.OfferFromIngress(message, receivedAt);
    }

    private void Refuse(ulong sequence, in ObservationVerdict verdict, MonotonicTime now)
    {
        statistics.CountRefused();
        log.ObservationRefused(sequence, verdict);
        if (now.Nanoseconds - _refusalSentNs < RefusalPauseNs) return;
        _refusalSentNs = now.Nanoseconds;
        news.Post(new Wire.ControlResponse
        {
            ObservationRefused = new Wire.ObservationRefused { Sequence = sequence, Refusal = verdict.Refusal, Detail = verdict.Describe() },
        });
    }

    private void TakeAcknowledgement(Wire.Acknowledgement? acknowledgement, long robotSentNs, MonotonicTime receivedAt)
    {
        if (acknowledgement is null || acknowledgement.ServiceSentNs == 0 || robotSentNs == 0) return;
        clockOffset.AddFromIngress(
            new MonotonicTime(acknowledgement.ServiceSentNs), new MonotonicTime(acknowledgement.ReceivedNs), new MonotonicTime(robotSentNs), receivedAt);
    }

    private void TakeInstruction(string instruction)
    {
        var check = Instruct(instruction);
        if (check.Outcome == InstructionOutcome.Accepted) return;
        log.InstructionRefused(check.Describe());
        var refused = new Wire.InstructionRefused { Instruction = Printable.Line(instruction, MaxInstructionLength), Detail = check.Describe() };
        refused.UnknownWords.AddRange(check.UnknownWords);
        news.Post(new Wire.ControlResponse { InstructionRefused = refused });
    }

    private Wire.SessionEnd Violate(RpcException violation)
    {
        Violation = violation;
        log.ProtocolViolation(violation.Status.Detail);
        return Wire.SessionEnd.ProtocolViolation;
    }
}

/// <summary>Where an arm was seen.</summary>
/// <param name="Position">Measured joints and gripper width.</param>
/// <param name="ReceivedAt">Service clock.</param>
internal sealed record ObservedArm(RobotCommand Position, MonotonicTime ReceivedAt);
