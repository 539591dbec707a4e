using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace DiVLA.Control.Service.Identity;

/// <summary>Who may call what: the one table that is enforced. What has no rule is refused.</summary>
internal static class AccessTable
{
    /// <summary>What is called, where that has no rule.</summary>
    public const string CallWithoutRule = "a call without a rule";

    private const CallerRoles Robot = CallerRoles.Robot;
    private const CallerRoles Operator = CallerRoles.Operator;
    private const CallerRoles Watchers = CallerRoles.Operator | CallerRoles.Viewer;

    // What the host maps for calls of methods that are not there; they end as UNIMPLEMENTED.
    private const string UnknownMethod = "{unimplementedMethod:grpcunimplemented}";
    private const string AnyUnknownMethod = "an unknown gRPC method";

    /// <summary>All rules.</summary>
    public static IReadOnlyList<AccessRule> Rules { get; } =
    [
        new("divla.control.v1.RobotControl/Control", Robot, RobotTarget.Opened, AtExpiry.ComesToRest),

        new("divla.control.v1.Operations/GetCaller", CallerRoles.All, RobotTarget.None, AtExpiry.Completes),
        new("divla.control.v1.Operations/GetHealth", Watchers, RobotTarget.Listed, AtExpiry.Completes),
        new("divla.control.v1.Operations/ListSessions", Watchers, RobotTarget.Listed, AtExpiry.Completes),
        new("divla.control.v1.Operations/GetStatistics", Watchers, RobotTarget.Session, AtExpiry.Completes),
        new("divla.control.v1.Operations/Watch", Watchers, RobotTarget.Followed, AtExpiry.Ends),
        new("divla.control.v1.Operations/SetInstruction", Operator, RobotTarget.Session, AtExpiry.Completes),
        new("divla.control.v1.Operations/EmergencyStop", Operator, RobotTarget.Arms, AtExpiry.Completes),
        new("divla.control.v1.Operations/Reset", Operator, RobotTarget.Arms, AtExpiry.Completes),

        new("divla.control.v1.Reasoning/Get", Watchers, RobotTarget.Session, AtExpiry.Completes),
        new("divla.control.v1.Reasoning/Watch", Watchers, RobotTarget.Session, AtExpiry.Ends),
        new("divla.control.v1.Reasoning/History", Watchers, RobotTarget.Recorded, AtExpiry.Completes),
        new("divla.control.v1.Reasoning/Why", Watchers, RobotTarget.Recorded, AtExpiry.Completes),
        new("divla.control.v1.Reasoning/Actions", Watchers, RobotTarget.Recorded, AtExpiry.Completes),
        new("divla.control.v1.Reasoning/Ladder", Watchers, RobotTarget.Recorded, AtExpiry.Completes),
        new("divla.control.v1.Reasoning/Pin", Operator, RobotTarget.Session, AtExpiry.Completes),
        new("divla.control.v1.Reasoning/Release", Operator, RobotTarget.Session, AtExpiry.Completes),

        // Probes of container engines and load balancers have no credentials.
        new("grpc.health.v1.Health/Check", Roles: null, RobotTarget.None, AtExpiry.Completes),
        new("grpc.health.v1.Health/Watch", Roles: null, RobotTarget.None, AtExpiry.Completes),
        new("GET /healthz", Roles: null, RobotTarget.None, AtExpiry.Completes),
        new("GET /livez", Roles: null, RobotTarget.None, AtExpiry.Completes),

        new("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", CallerRoles.All, RobotTarget.None, AtExpiry.Ends),
        new("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", CallerRoles.All, RobotTarget.None, AtExpiry.Ends),
        new("GET /openapi/v1.json", Roles: null, RobotTarget.None, AtExpiry.Completes),
        // Nothing in it is secret: what it shows it asks for with the credential of whoever has opened it.
        new("GET /", Roles: null, RobotTarget.None, AtExpiry.Completes),
        new("GET /page/{**file}", Roles: null, RobotTarget.None, AtExpiry.Completes),
        new("GET /v1/events", Watchers, RobotTarget.Followed, AtExpiry.Ends),
        new("GET /v1/sessions/{session}/events", Watchers, RobotTarget.Followed, AtExpiry.Ends),
        new("GET /metrics", Watchers, RobotTarget.Every, AtExpiry.Completes),
        new(AnyUnknownMethod, CallerRoles.All, RobotTarget.None, AtExpiry.Completes),
    ];

    private static readonly Dictionary<string, AccessRule> ByCall = Rules.ToDictionary(rule => rule.Call, StringComparer.Ordinal);

    /// <summary>The rule of a gRPC method.</summary>
    /// <param name="fullName">As gRPC has it, with a slash before it.</param>
    /// <returns>Null where nobody has made one.</returns>
    public static AccessRule? FindMethod(string fullName) => ByCall.GetValueOrDefault(fullName.TrimStart('/'));

    /// <summary>The rule of an endpoint.</summary>
    /// <returns>Null where nobody has made one.</returns>
    public static AccessRule? Find(Endpoint endpoint, string httpMethod) => ByCall.GetValueOrDefault(CallOf(endpoint, httpMethod));

    /// <summary>What rules call an endpoint. JSON that is transcoded has the rule of its gRPC method.</summary>
    public static string CallOf(Endpoint endpoint, string httpMethod)
    {
        if (endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is { } grpc) return grpc.Method.FullName.TrimStart('/');
        if (endpoint.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>()?.MethodDescriptor is { } method) return $"{method.Service.FullName}/{method.Name}";
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "";
        return route.EndsWith(UnknownMethod, StringComparison.Ordinal) ? AnyUnknownMethod : $"{httpMethod} /{route.TrimStart('/')}";
    }
}
