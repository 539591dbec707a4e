using System.Net;
using DiVLA.Control.Client;
using DiVLA.Control.Service.Identity;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>Tokens of an authority that publishes its keys, as OpenID Connect has it.</summary>
[TestFixture]
internal sealed class TokenAuthorityTests
{
    // Who issues the tokens of a development authority.
    private const string Issuer = "divla-development-authority";
    private readonly TestCredentials _credentials = new();

    [TearDown]
    public void Delete() => _credentials.Dispose();

    [TestCase(Issuer, StatusCode.OK)]
    [TestCase("https://somebody.else", StatusCode.Unauthenticated)]
    public async Task Authority_PublishesItsKeys_ItsTokensAreTaken(string issuer, StatusCode expected)
    {
        await using var authority = await PublishAsync(issuer);
        var security = _credentials.Security() with { TokenKeysFile = null, TokenAuthority = new Uri(authority.Urls.Single()) };
        Assert.That(await ListAsync(security), Is.EqualTo(expected));
    }

    [Test]
    public async Task Authority_CannotBeReached_CallerMayTryAgain()
    {
        var security = _credentials.Security() with { TokenKeysFile = null, TokenAuthority = new Uri("http://127.0.0.1:1") };
        Assert.That(await ListAsync(security), Is.EqualTo(StatusCode.Unavailable));
    }

    private async Task<StatusCode> ListAsync(SecurityOptions security)
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options with { Security = security }, CancellationToken.None);
        using var channel = ServiceChannel.For(server.GrpcAddress, _credentials.Token(CallerRoles.Viewer, "*"));
        try
        {
            await new OperationsClient(channel).ListSessionsAsync(false, CancellationToken.None);
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }

    private async Task<WebApplication> PublishAsync(string issuer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer, jwks_uri = $"{app.Urls.Single()}/keys" }));
        app.MapGet("/keys", () => Results.Text(File.ReadAllText(_credentials.PathOf("token-keys.json")), "application/json"));
        await app.StartAsync();
        return app;
    }
}
