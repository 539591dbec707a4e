using DiVLA.Control.Service.Identity;
using DiVLA.Control.TestSupport;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>The table against the services that it is about, and against the manual.</summary>
[TestFixture]
internal sealed class AccessTableTests
{
    // Names of robots that a request can carry; who adds another one thinks of whom it may name.
    private static readonly string[] RobotFields = ["session", "session_id", "robot", "robot_id", "arms", "open"];

    private static string[] Methods() => [.. AnyCall.Methods.Select(AnyCall.NameOf)];

    [TestCaseSource(nameof(Methods))]
    public void Rpc_HasARule(string method)
    {
        Assert.That(AccessTable.FindMethod("/" + method), Is.Not.Null, "a new RPC needs a rule in AccessTable and a line in docs/security.md");
    }

    // What is tried with every credential is all that there is.
    [Test]
    public void Rpc_IsMapped_IsAmongThoseThatAreTried()
    {
        var mapped = TestServer.Shared.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName.TrimStart('/')).OfType<string>();
        Assert.That(mapped.Distinct(), Is.EquivalentTo(Methods()));
    }

    // The gate lets through what has no route: nothing that answers may be without one.
    [Test]
    public void Endpoint_HasARoute()
    {
        Assert.That(TestServer.Shared.Endpoints, Is.All.InstanceOf<RouteEndpoint>());
    }

    [Test]
    public void Endpoint_HasARule()
    {
        var without = TestServer.Shared.Endpoints
            .Where(endpoint => HttpMethods(endpoint).All(method => AccessTable.Find(endpoint, method) is null))
            .Select(endpoint => endpoint.DisplayName);
        Assert.That(TestServer.Shared.Endpoints, Has.Count.GreaterThan(12));
        Assert.That(without.Distinct(), Is.Empty);
    }

    [Test]
    public void Rule_IsAbout_SomethingThatIsThere()
    {
        var mapped = TestServer.Shared.Endpoints.SelectMany(endpoint => HttpMethods(endpoint).Select(method => AccessTable.CallOf(endpoint, method)));
        Assert.That(AccessTable.Rules.Select(rule => rule.Call).Except(mapped), Is.Empty);
    }

    // Whatever names a robot is held to the robots of the credential.
    [TestCaseSource(nameof(Methods))]
    public void Rpc_NamesARobot_RuleSaysWhere(string method)
    {
        var (rule, request) = (AccessTable.FindMethod(method)!, Method(method).InputType);
        var named = RobotFields.Where(field => request.FindFieldByName(field) is not null).ToArray();
        var expected = rule.Robots switch
        {
            RobotTarget.Session or RobotTarget.Followed or RobotTarget.Recorded => new[] { RobotTargets.SessionField },
            RobotTarget.Arms => [RobotTargets.ArmsField],
            RobotTarget.Opened => ["open"],
            _ => [],
        };
        Assert.That(named, Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Methods))]
    public void Stream_NeedsACredential_EndsWithIt(string method)
    {
        var rule = AccessTable.FindMethod(method)!;
        var isStream = Method(method).IsServerStreaming;
        Assert.That(rule.AtExpiry == AtExpiry.Completes, Is.EqualTo(!isStream || rule.IsOpen));
    }

    [Test]
    public void Manual_HasTheTable()
    {
        var rows = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "security.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Count(c => c == '|') == 5)
            .Select(line => string.Join(" | ", line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())));
        Assert.That(rows, Is.EqualTo(AccessTable.Rules.Select(Row)));
    }

    // Those that do not say take any.
    private static IEnumerable<string> HttpMethods(Endpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"];

    private static string Row(AccessRule rule) => $"`{rule.Call}` | {Roles(rule)} | {Robots(rule.Robots)} | {End(rule)}";

    private static string Roles(AccessRule rule) => rule.Roles switch
    {
        null => "anybody",
        CallerRoles.All => "robot, operator, viewer",
        { } roles => string.Join(", ", CredentialWords.Each(roles).Select(CredentialWords.Of)),
    };

    private static string Robots(RobotTarget target) => target switch
    {
        RobotTarget.Opened => "the one that it opens",
        RobotTarget.Session => "that of `session`",
        RobotTarget.Followed => "that of `session`, or lists those covered",
        RobotTarget.Recorded => "has no record of others",
        RobotTarget.Arms => "those of `arms`",
        RobotTarget.Listed => "lists those covered",
        RobotTarget.Every => "every robot",
        _ => "-",
    };

    private static string End(AccessRule rule) => rule.AtExpiry switch
    {
        AtExpiry.ComesToRest => "the arm is brought to rest",
        AtExpiry.Ends => "the stream ends",
        _ => "-",
    };

    private static MethodDescriptor Method(string name) => AnyCall.Methods.Single(method => AnyCall.NameOf(method) == name);
}
