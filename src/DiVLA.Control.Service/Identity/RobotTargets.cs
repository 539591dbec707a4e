using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace DiVLA.Control.Service.Identity;

/// <summary>Finds the robots that a request is about, and refuses those that the caller's credential does not cover.</summary>
internal static class RobotTargets
{
    /// <summary>The field of a request that names its session.</summary>
    public const string SessionField = "session";

    /// <summary>The field of a request that names its arms.</summary>
    public const string ArmsField = "arms";

    /// <summary>Checks a request, and binds it to the session that was checked: a name may mean another robot a moment later, the session's id may not.</summary>
    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED: the credential does not cover the robot. NOT_FOUND: there is no such session.</exception>
    public static void Bind(RobotTarget target, IMessage request, Caller caller, SessionRegistry registry)
    {
        switch (target)
        {
            case RobotTarget.Followed when SessionOf(request).Length == 0:
                // The call itself leaves out the others.
                break;
            case RobotTarget.Session or RobotTarget.Followed:
                BindSession(request, caller, registry);
                break;
            case RobotTarget.Arms:
                BindArms((Wire.Arms?)Field(request, ArmsField).Accessor.GetValue(request), caller, registry);
                break;
        }
    }

    private static void BindSession(IMessage request, Caller caller, SessionRegistry registry)
    {
        var field = Field(request, SessionField);
        var name = SessionOf(request);
        var session = name.Length == 0 ? OnlyOneCovered(caller, registry) : registry.Find(name);
        if (session is null) throw StatusTable.NoSuchSession(name);
        Require(session.RobotId, caller);
        field.Accessor.SetValue(request, session.Id);
    }

    // Whatever does not name one robot may mean all of them.
    private static void BindArms(Wire.Arms? arms, Caller caller, SessionRegistry registry)
    {
        switch (arms?.WhichCase)
        {
            case Wire.Arms.WhichOneofCase.RobotId:
                Require(arms.RobotId, caller);
                break;
            case Wire.Arms.WhichOneofCase.SessionId:
                var robot = registry.Find(arms.SessionId)?.RobotId ?? throw StatusTable.NoSuchSession(arms.SessionId);
                Require(robot, caller);
                arms.RobotId = robot;
                break;
            case var _ when !caller.Robots.IsEvery:
                throw StatusTable.NotCovered("every robot", caller.Robots);
        }
    }

    private static ControlSession? OnlyOneCovered(Caller caller, SessionRegistry registry)
    {
        var covered = registry.Sessions.Where(session => caller.Robots.Covers(session.RobotId)).Take(2).ToArray();
        return covered.Length == 1 ? covered[0] : null;
    }

    private static void Require(string robot, Caller caller)
    {
        if (!caller.Robots.Covers(robot)) throw StatusTable.NotCovered($"robot '{Printable.Line(robot, 64)}'", caller.Robots);
    }

    private static string SessionOf(IMessage request) => (string)Field(request, SessionField).Accessor.GetValue(request);

    private static FieldDescriptor Field(IMessage request, string name) => request.Descriptor.FindFieldByName(name);
}
