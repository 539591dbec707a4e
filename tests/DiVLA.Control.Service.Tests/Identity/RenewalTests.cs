using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DiVLA.Control.Client;
using DiVLA.Control.Service.Identity;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>What is renewed in place is taken up by a service and by callers that run.</summary>
[TestFixture]
internal sealed class RenewalTests
{
    private readonly TestCredentials _credentials = new();
    private DivlaServer _server = null!;
    private SecurityOptions _security = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _security = _credentials.Security();
        _server = await DivlaServer.StartAsync(TestServer.Options with { Security = _security }, CancellationToken.None);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _credentials.Dispose();
    }

    [Test]
    public async Task Certificate_OfTheService_IsReplaced_NextConnectionSeesTheNewOne()
    {
        var before = await ShownAsync();
        _credentials.Authority.IssueServer("server", ["localhost", "127.0.0.1"], TestCredentials.Now, replace: true);
        var after = await ShownAsync();
        using var expected = X509CertificateLoader.LoadCertificateFromFile(_security.CertificateFile);
        Assert.That(after, Is.EqualTo(expected.Thumbprint).And.Not.EqualTo(before));
    }

    [Test]
    public async Task Certificate_OfTheService_IsBroken_LastGoodOneStays()
    {
        var before = await ShownAsync();
        await File.WriteAllTextAsync(_security.CertificateFile, "nothing");
        Assert.That(await ShownAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Token_OfACaller_IsReplaced_NextCallHasTheNewOne()
    {
        var expired = _credentials.Token(CallerRoles.Viewer, "*", TestCredentials.Past);
        using var channel = ServiceChannel.For(_server.GrpcAddress, expired);
        var before = await Assert.ThrowsAsync<RpcException>(() => new OperationsClient(channel).ListSessionsAsync(false, CancellationToken.None));
        File.Copy(_credentials.Token(CallerRoles.Viewer, "*").TokenFile!, expired.TokenFile!, overwrite: true);
        Assert.That(before!.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));
        Assert.That((await new OperationsClient(channel).ListSessionsAsync(false, CancellationToken.None)).Sessions, Is.Empty);
    }

    [Test]
    public async Task Keys_OfTokens_AreReplaced_OldTokensAreTakenNoMore()
    {
        using var channel = ServiceChannel.For(_server.GrpcAddress, _credentials.Token(CallerRoles.Viewer, "*"));
        await new OperationsClient(channel).ListSessionsAsync(false, CancellationToken.None);
        using var other = new TestCredentials();
        File.Copy(other.Security().TokenKeysFile!, _security.TokenKeysFile!, overwrite: true);
        var error = await Assert.ThrowsAsync<RpcException>(() => new OperationsClient(channel).ListSessionsAsync(false, CancellationToken.None));
        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));
    }

    private async Task<string> ShownAsync()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _server.GrpcAddress.Port);
        var shown = "";
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
        {
            shown = (certificate as X509Certificate2)?.Thumbprint ?? "";
            return shown.Length > 0;
        });
        await tls.AuthenticateAsClientAsync("localhost");
        return shown;
    }
}
