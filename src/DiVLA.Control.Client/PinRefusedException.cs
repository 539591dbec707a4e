using DiVLA.Control.Protocol.V1;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace DiVLA.Control.Client;

/// <summary>The service does not pin what was asked for.</summary>
public sealed class PinRefusedException(PinRefusal refusal, RpcException cause) : RobotControlException(cause.Status.Detail, cause)
{
    private const string Trailer = "pin-refusal";
    private static readonly EnumDescriptor Refusals = ReasoningReflection.Descriptor.EnumTypes.Single(type => type.ClrType == typeof(PinRefusal));

    /// <summary>Why.</summary>
    public PinRefusal Refusal { get; } = refusal;

    /// <summary>What the status says; null where it is about something else. A refusal of a later version is <see cref="PinRefusal.Unspecified"/>.</summary>
    internal static PinRefusedException? From(RpcException error)
    {
        if (error.Trailers.GetValue(Trailer) is not { } name) return null;
        var known = Refusals.FindValueByName(name);
        return new PinRefusedException((PinRefusal)(known?.Number ?? 0), error);
    }
}
