using DiVLA.Control.Client;
using DiVLA.Control.Service.Identity;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>Every RPC, with every kind of credential that is not enough, and with one that is.</summary>
[TestFixture]
internal sealed class AccessTests
{
    // A stream that lets its caller in need not end: that is waited for a little. A refusal is waited for as long as a busy machine takes.
    private static readonly TimeSpan LetIn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static string[] Methods() => [.. AnyCall.Methods.Select(AnyCall.NameOf)];

    private static string[] Guarded() => [.. Methods().Where(method => AccessTable.FindMethod(method) is not { IsOpen: true })];

    private static string[] Scoped() =>
        [.. Guarded().Where(method => AccessTable.FindMethod(method)?.Robots is RobotTarget.Session or RobotTarget.Followed or RobotTarget.Arms or RobotTarget.Opened)];

    [TestCaseSource(nameof(Guarded))]
    public async Task Caller_HasNoCredential_IsUnauthenticated(string method)
    {
        Assert.That(await StatusAsync(method, SecuredServer.Trusted.Nobody), Is.EqualTo(StatusCode.Unauthenticated));
    }

    [TestCaseSource(nameof(Guarded))]
    public async Task Credential_IsWrong_IsUnauthenticated(string method)
    {
        var trust = SecuredServer.Trusted.Nobody;
        var foreignCertificate = SecuredServer.Foreign.Certificate(CallerRoles.All, "*") with { AuthorityFile = trust.AuthorityFile };
        var foreignToken = SecuredServer.Foreign.Token(CallerRoles.All, "*") with { AuthorityFile = trust.AuthorityFile };
        var ownToken = await File.ReadAllTextAsync(SecuredServer.Trusted.Token(CallerRoles.All, "*").TokenFile!);
        var tampered = ownToken.Trim().Split('.') is [var header, var body, var signature] ? $"{header}.{body[..^4]}AAAA.{signature}" : "";
        var serverCertificate = SecuredServer.Trusted.Security();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await StatusAsync(method, foreignCertificate), Is.EqualTo(StatusCode.Unauthenticated), "certificate of another authority");
            Assert.That(await StatusAsync(method, foreignToken), Is.EqualTo(StatusCode.Unauthenticated), "token of another key");
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Forged("no token")), Is.EqualTo(StatusCode.Unauthenticated), "no token at all");
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Forged(tampered)), Is.EqualTo(StatusCode.Unauthenticated), "token that was changed");
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Forged(Unsigned(ownToken))), Is.EqualTo(StatusCode.Unauthenticated), "token that is not signed");
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Token(CallerRoles.All, "*", audience: "others")), Is.EqualTo(StatusCode.Unauthenticated), "token for others");
            Assert.That(await StatusAsync(method, trust with { CertificateFile = serverCertificate.CertificateFile, KeyFile = serverCertificate.KeyFile }),
                Is.EqualTo(StatusCode.Unauthenticated), "certificate for another purpose");
        }
    }

    [TestCaseSource(nameof(Guarded))]
    public async Task Credential_IsOutOfDate_IsUnauthenticated(string method)
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var (name, validity) in new[] { ("expired", TestCredentials.Past), ("not yet valid", TestCredentials.Future) })
            {
                Assert.That(await StatusAsync(method, SecuredServer.Trusted.Certificate(CallerRoles.All, "*", validity)), Is.EqualTo(StatusCode.Unauthenticated), $"{name} certificate");
                Assert.That(await StatusAsync(method, SecuredServer.Trusted.Token(CallerRoles.All, "*", validity)), Is.EqualTo(StatusCode.Unauthenticated), $"{name} token");
            }
        }
    }

    [TestCaseSource(nameof(Guarded))]
    public async Task Credential_IsLesser_IsDenied(string method)
    {
        var lesser = CallerRoles.All & ~(AccessTable.FindMethod(method)?.Roles ?? CallerRoles.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Certificate(lesser, "*")), Is.EqualTo(StatusCode.PermissionDenied), $"certificate of {lesser}");
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Token(lesser, "*")), Is.EqualTo(StatusCode.PermissionDenied), $"token of {lesser}");
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Token(CallerRoles.None, "*")), Is.EqualTo(StatusCode.PermissionDenied), "no role");
        }
    }

    [TestCaseSource(nameof(Scoped))]
    public async Task Credential_IsForOtherRobots_IsDenied(string method)
    {
        var role = SecuredServer.Allowed(AccessTable.FindMethod(method)!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Certificate(role, "arm-2")), Is.EqualTo(StatusCode.PermissionDenied));
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Token(role, "arm-10*,arm")), Is.EqualTo(StatusCode.PermissionDenied));
            Assert.That(await StatusAsync(method, SecuredServer.Trusted.Token(role, "")), Is.EqualTo(StatusCode.PermissionDenied), "no robot at all");
        }
    }

    [TestCaseSource(nameof(Methods))]
    public async Task Credential_IsEnough_CallIsLetIn(string method)
    {
        var rule = AccessTable.FindMethod(method)!;
        foreach (var role in CredentialWords.Each(rule.Roles ?? CallerRoles.None))
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(await StatusAsync(method, SecuredServer.Trusted.Certificate(role, SecuredServer.Robot), LetIn), Is.Not.AnyOf(StatusCode.Unauthenticated, StatusCode.PermissionDenied, StatusCode.Internal, StatusCode.Unknown));
                Assert.That(await StatusAsync(method, SecuredServer.Trusted.Token(role, "arm-*"), LetIn), Is.Not.AnyOf(StatusCode.Unauthenticated, StatusCode.PermissionDenied, StatusCode.Internal, StatusCode.Unknown));
            }
        }
        if (rule.IsOpen) Assert.That(await StatusAsync(method, SecuredServer.Trusted.Nobody, LetIn), Is.Not.AnyOf(StatusCode.Unauthenticated, StatusCode.PermissionDenied));
    }

    [Test]
    public void Method_IsUnknown_SaysSoToWhoMayCall()
    {
        var unknown = new Method<byte[], byte[]>(MethodType.Unary, "divla.control.v1.Operations", "Fly", Marshallers.Create<byte[]>(x => x, x => x), Marshallers.Create<byte[]>(x => x, x => x));
        using var known = Open(SecuredServer.Trusted.Token(CallerRoles.Viewer, "*"));
        using var stranger = Open(SecuredServer.Trusted.Nobody);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(StatusOf(known, unknown), Is.EqualTo(StatusCode.Unimplemented));
            Assert.That(StatusOf(stranger, unknown), Is.EqualTo(StatusCode.Unauthenticated));
        }
    }

    [Test]
    public async Task Token_IsWrong_CertificateDoesNotMakeUpForIt()
    {
        var both = SecuredServer.Trusted.Certificate(CallerRoles.Operator, "*") with { TokenFile = SecuredServer.Trusted.Forged("no token").TokenFile };
        Assert.That(await StatusAsync("divla.control.v1.Operations/ListSessions", both), Is.EqualTo(StatusCode.Unauthenticated));
    }

    [Test]
    public async Task Refusal_IsInWords()
    {
        using var expired = Open(SecuredServer.Trusted.Token(CallerRoles.Viewer, "*", TestCredentials.Past));
        using var viewer = Open(SecuredServer.Trusted.Token(CallerRoles.Viewer, "*"));
        using var other = Open(SecuredServer.Trusted.Token(CallerRoles.Operator, "arm-2"));
        var everyArm = new Wire.EmergencyStopRequest { Arms = new Wire.Arms { All = true }, Who = "test" };
        var late = await Assert.ThrowsAsync<RpcException>(() => new OperationsClient(expired).ListSessionsAsync(false, CancellationToken.None));
        var lesser = await Assert.ThrowsAsync<RpcException>(() => new OperationsClient(viewer).EmergencyStopAsync(everyArm, CancellationToken.None));
        var foreign = await Assert.ThrowsAsync<RpcException>(() => new OperationsClient(other).EmergencyStopAsync(everyArm, CancellationToken.None));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(late!.Status.Detail, Does.StartWith("the token expired at"));
            Assert.That(lesser!.Status.Detail, Is.EqualTo("the credential needs the role operator"));
            Assert.That(foreign!.Status.Detail, Is.EqualTo("the credential does not cover every robot, only arm-2"));
        }
    }

    [Test]
    public async Task Viewer_OfOneRobot_SeesThatOneAlone()
    {
        using var own = Open(SecuredServer.Trusted.Token(CallerRoles.Viewer, SecuredServer.Robot));
        using var other = Open(SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-2"));
        var seen = await new OperationsClient(own).ListSessionsAsync(false, CancellationToken.None);
        var unseen = await new OperationsClient(other).ListSessionsAsync(false, CancellationToken.None);
        var only = await new ReasoningClient(own).GetAsync("", CancellationToken.None);
        var none = await Assert.ThrowsAsync<RpcException>(() => new ReasoningClient(other).GetAsync("", CancellationToken.None));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.Sessions.Select(session => session.RobotId), Is.EqualTo([SecuredServer.Robot]));
            Assert.That(unseen.Sessions, Is.Empty);
            Assert.That(only.RobotId, Is.EqualTo(SecuredServer.Robot));
            Assert.That(none!.StatusCode, Is.EqualTo(StatusCode.NotFound), "of a robot that is not covered, not even a session is known");
        }
    }

    [Test]
    public async Task Record_OfAStop_HasTheCredentialsName()
    {
        var credentials = SecuredServer.Trusted.Token(CallerRoles.Operator, "arm-77");
        using var channel = Open(credentials);
        await new OperationsClient(channel).EmergencyStopAsync(
            new Wire.EmergencyStopRequest { Arms = new Wire.Arms { RobotId = "arm-77" }, Who = "somebody else", Reason = "test" }, CancellationToken.None);
        var line = (await File.ReadAllLinesAsync(SecuredServer.AuditFile)).Single(line => line.Contains("arm-77", StringComparison.Ordinal));
        Assert.That(line, Does.Contain(Path.GetFileNameWithoutExtension(credentials.TokenFile!)).And.Not.Contain("somebody else"));
    }

    [Test]
    public async Task Records_OfOtherRobots_AreNotThere()
    {
        using var own = Open(SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-1"));
        using var other = Open(SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-2,arm-1x*"));
        var request = new Wire.ReasoningActionsRequest { Session = SecuredServer.Robot };
        var actions = await new Wire.Reasoning.ReasoningClient(own).ActionsAsync(request);
        var none = await Assert.ThrowsAsync<RpcException>(async () => await new Wire.Reasoning.ReasoningClient(other).ActionsAsync(request));
        var history = await new Wire.Reasoning.ReasoningClient(other).HistoryAsync(new Wire.ReasoningHistoryRequest());
        Assert.That(actions.Actions, Is.Not.Empty);
        Assert.That(none!.StatusCode, Is.EqualTo(StatusCode.NotFound));
        Assert.That(history.Entries, Is.Empty);
    }

    [Test]
    public async Task Log_OfRefusals_NamesCallAndReasonAndNoSecret()
    {
        var token = SecuredServer.Trusted.Token(CallerRoles.Viewer, "*");
        await StatusAsync("divla.control.v1.Operations/Reset", token);
        await StatusAsync("divla.control.v1.Operations/Reset", SecuredServer.Trusted.Token(CallerRoles.All, "*", TestCredentials.Past));
        var log = await LogAsync("Call of divla.control.v1.Operations/Reset");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log, Does.Contain("PermissionDenied").And.Contain("Unauthenticated"));
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(SecuredServer.LogFile)!, "*.token"))
                Assert.That(log, Does.Not.Contain((await File.ReadAllTextAsync(file)).Split('.')[2].Trim()));
            Assert.That(log, Does.Not.Contain("PRIVATE KEY").And.Not.Contain("eyJ"));
        }
    }

    private static async Task<string> LogAsync(string wanted)
    {
        var folder = Path.GetDirectoryName(SecuredServer.LogFile)!;
        for (var attempt = 0; ; attempt++)
        {
            var text = "";
            foreach (var file in Directory.EnumerateFiles(folder, "service-*.log"))
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var reader = new StreamReader(stream);
                text += await reader.ReadToEndAsync();
            }
            if (text.Contains(wanted, StringComparison.Ordinal)) return text;
            Assert.That(attempt, Is.LessThan(100), $"no line has '{wanted}'");
            await Task.Delay(100);
        }
    }

    private static StatusCode StatusOf(GrpcChannel channel, Method<byte[], byte[]> method)
    {
        var error = Assert.Throws<RpcException>(() => channel.CreateCallInvoker().BlockingUnaryCall(method, null, new CallOptions(), []));
        return error!.StatusCode;
    }

    private static async Task<StatusCode> StatusAsync(string method, ServiceCredentials credentials, TimeSpan? patience = null)
    {
        using var channel = Open(credentials);
        var descriptor = AnyCall.Methods.Single(each => AnyCall.NameOf(each) == method);
        return await AnyCall.StatusAsync(channel, descriptor, Request(descriptor), patience ?? Patience);
    }

    private static GrpcChannel Open(ServiceCredentials credentials) => ServiceChannel.For(SecuredServer.Server.GrpcAddress, credentials);

    // Names the robot at work wherever a request names one.
    private static IMessage Request(MethodDescriptor method)
    {
        var request = method.InputType.Parser.ParseFrom([]);
        if (request is Wire.ControlRequest control) control.Open = WireRobot.OpenMessage(SecuredServer.Robot);
        if (method.InputType.FindFieldByName(RobotTargets.SessionField) is { } session) session.Accessor.SetValue(request, SecuredServer.Robot);
        if (method.InputType.FindFieldByName(RobotTargets.ArmsField) is { } arms) arms.Accessor.SetValue(request, new Wire.Arms { RobotId = SecuredServer.Robot });
        return request;
    }

    // The same content under the algorithm 'none'.
    private static string Unsigned(string token)
    {
        var header = Convert.ToBase64String("""{"alg":"none","typ":"JWT"}"""u8).TrimEnd('=');
        return $"{header}.{token.Split('.')[1]}.";
    }
}
