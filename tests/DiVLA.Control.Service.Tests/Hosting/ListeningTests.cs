using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DiVLA.Control.Service.Tests.Hosting;

[TestFixture]
internal sealed class ListeningTests
{
    // Two cameras of 640 x 480 pixels, three bytes each.
    private const int LargeObservationBytes = 2 * 640 * 480 * 3;

    // A window that is full waits for an acknowledgement, which may take longer than a tick.
    [Test]
    public async Task Windows_OfHttp2_HoldTwoLargeObservations()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ListenOn(TestServer.Options);
        await using var app = builder.Build();
        var limits = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(limits.Http2.InitialStreamWindowSize, Is.GreaterThanOrEqualTo(2 * LargeObservationBytes));
            Assert.That(limits.Http2.InitialConnectionWindowSize, Is.GreaterThanOrEqualTo(limits.Http2.InitialStreamWindowSize));
            Assert.That(limits.MaxConcurrentConnections, Is.EqualTo(TestServer.Options.Limits.MaxConnections));
        }
    }
}
