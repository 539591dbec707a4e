using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Sessions;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace DiVLA.Control.Service.Rpc;

/// <summary>The one place where outcomes become gRPC statuses.</summary>
internal static class StatusTable
{
    private const string PinRefusalTrailer = "pin-refusal";
    private static readonly EnumDescriptor PinRefusals = Wire.ReasoningReflection.Descriptor.EnumTypes.Single(type => type.ClrType == typeof(Wire.PinRefusal));

    /// <summary>The status that a refused session ends with.</summary>
    public static RpcException Of(Wire.SessionRefused refused) => new(new Status(CodeOf(refused.Refusal), $"{refused.Refusal}: {refused.Detail}"));

    /// <summary>The status of a pin that was refused; the trailer names the refusal for programs.</summary>
    public static RpcException Of(Wire.PinRefusal refusal, string detail) =>
        new(new Status(CodeOf(refusal), $"{refusal}: {detail}"), new Metadata { { PinRefusalTrailer, NameOf(refusal) } });

    public static RpcException NothingPinned(string robot) => new(new Status(StatusCode.FailedPrecondition, $"nothing is pinned for '{robot}'"));

    public static RpcException NoSuchSession(string name) =>
        new(new Status(StatusCode.NotFound, name.Length == 0 ? "there is not exactly one session" : $"no session of id or robot '{Printable.Line(name, 64)}'"));

    public static RpcException TooManyWatchers(int limit) => new(new Status(StatusCode.ResourceExhausted, $"{limit} readers watch this session already"));

    public static RpcException BadInstruction(string fault) => new(new Status(StatusCode.InvalidArgument, fault));

    public static RpcException NotStopped(string arm) => new(new Status(StatusCode.FailedPrecondition, $"'{arm}' is not stopped"));

    public static RpcException AllStopped(string arm) =>
        new(new Status(StatusCode.FailedPrecondition, $"all arms are stopped; '{arm}' moves again when all are reset"));

    public static RpcException NothingStopped() => new(new Status(StatusCode.FailedPrecondition, "no arm is stopped"));

    /// <summary>A stop that arrived after the reset: whoever resets has not seen why.</summary>
    public static RpcException StoppedMeanwhile() => new(new Status(StatusCode.FailedPrecondition, "a stop was asked for after this reset; reset again if that is wanted"));

    public static RpcException BeingStopped(string arm) =>
        new(new Status(StatusCode.FailedPrecondition, $"'{arm}' is being stopped at this moment; reset it when it is"));

    /// <summary>A reset that was taken over, and after which the arm does not move all the same.</summary>
    public static RpcException NotReleased(string arm, ResetEnd end) => new(end.Outcome == ResetOutcome.NoCommandLeft
        ? new Status(StatusCode.DeadlineExceeded, $"no command of '{arm}' has left within {ControlSession.ResetPatience.TotalSeconds:0} s; the reset is in force with the next one")
        : new Status(StatusCode.FailedPrecondition, $"'{arm}' is stopped again: {end.StoppedBy}"));

    public static RpcException NotOnRecord(string fault) =>
        new(new Status(StatusCode.Unavailable, $"no arm moves again without a line in the audit log, which cannot be written: {fault}"));

    public static RpcException BadReset(string fault) => new(new Status(StatusCode.InvalidArgument, $"{fault}: only an operator may reset, and has to say so"));

    public static RpcException OutOfRange(string field, ulong found, string expected) =>
        new(new Status(StatusCode.InvalidArgument, $"{field}: found {found}, expected {expected}"));

    public static RpcException NothingRecorded() =>
        new(new Status(StatusCode.FailedPrecondition, "nothing is recorded: the service was started without a database for records"));

    public static RpcException RecordsUnreadable(string fault) => new(new Status(StatusCode.Unavailable, $"the records cannot be read now: {fault}"));

    public static RpcException NoSuchRecord(string name) =>
        new(new Status(StatusCode.NotFound, name.Length == 0 ? "no session has been recorded" : $"no record of a session of id or robot '{Printable.Line(name, 64)}'"));

    public static RpcException NoRecordOfTick(ulong tick) =>
        new(new Status(StatusCode.NotFound, $"no record of tick {tick}: no command was sent at it, it is too old, or it was lost"));

    public static RpcException BadArms() => new(new Status(StatusCode.InvalidArgument, "arms must name all, a robot or a session"));

    /// <summary>The status of a call whose credential was not accepted.</summary>
    public static Status Of(in CredentialVerdict verdict) =>
        new(verdict.Outcome == CredentialOutcome.Unverifiable ? StatusCode.Unavailable : StatusCode.Unauthenticated, verdict.Detail);

    public static Status WrongRole(AccessRule rule) =>
        new(StatusCode.PermissionDenied, $"the credential needs the role {string.Join(" or ", CredentialWords.Each(rule.Roles ?? CallerRoles.None).Select(CredentialWords.Of))}");

    public static Status NoRule() => new(StatusCode.PermissionDenied, "nobody may call this");

    public static RpcException NotCovered(string robots, RobotScope scope) =>
        new(new Status(StatusCode.PermissionDenied, $"the credential does not cover {robots}, only {scope}"));

    public static RpcException CredentialExpired() => new(new Status(StatusCode.Unauthenticated, "the credential has expired"));

    /// <summary>A fault of ours: the caller gets an id that the log has, and nothing else.</summary>
    public static RpcException Internal(string errorId) => new(new Status(StatusCode.Internal, $"internal fault; the log has it as {errorId}"));

    private static StatusCode CodeOf(Wire.PinRefusal refusal) => refusal switch
    {
        Wire.PinRefusal.Malformed => StatusCode.InvalidArgument,
        Wire.PinRefusal.NoSlots => StatusCode.FailedPrecondition,
        Wire.PinRefusal.NoSuchSlot => StatusCode.FailedPrecondition,
        Wire.PinRefusal.UnknownWords => StatusCode.InvalidArgument,
        Wire.PinRefusal.WrongLength => StatusCode.InvalidArgument,
        Wire.PinRefusal.UnknownValue => StatusCode.InvalidArgument,
        Wire.PinRefusal.PhraseTooLong => StatusCode.InvalidArgument,
        Wire.PinRefusal.NothingSeen => StatusCode.FailedPrecondition,
        Wire.PinRefusal.NotInScene => StatusCode.FailedPrecondition,
        Wire.PinRefusal.HandIsFull => StatusCode.FailedPrecondition,
        _ => StatusCode.Internal,
    };

    private static string NameOf(Wire.PinRefusal refusal) => PinRefusals.FindValueByNumber((int)refusal).Name;

    private static StatusCode CodeOf(Wire.SessionRefusal refusal) => refusal switch
    {
        Wire.SessionRefusal.NotOpened => StatusCode.InvalidArgument,
        Wire.SessionRefusal.BadRobotId => StatusCode.InvalidArgument,
        Wire.SessionRefusal.UnknownEmbodiment => StatusCode.NotFound,
        Wire.SessionRefusal.ContractMismatch => StatusCode.FailedPrecondition,
        Wire.SessionRefusal.BadCameras => StatusCode.InvalidArgument,
        Wire.SessionRefusal.BadInstruction => StatusCode.InvalidArgument,
        Wire.SessionRefusal.BadLease => StatusCode.InvalidArgument,
        Wire.SessionRefusal.BadState => StatusCode.InvalidArgument,
        Wire.SessionRefusal.RobotTaken => StatusCode.AlreadyExists,
        Wire.SessionRefusal.TooManySessions => StatusCode.ResourceExhausted,
        Wire.SessionRefusal.ShuttingDown => StatusCode.Unavailable,
        Wire.SessionRefusal.OpenTimedOut => StatusCode.DeadlineExceeded,
        Wire.SessionRefusal.NotAllowed => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
