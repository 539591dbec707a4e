using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Sessions;
using Grpc.Core;

namespace DiVLA.Control.Service.Rpc;

/// <summary>`RobotControl`: opens a session on a stream and keeps the stream until it ends.</summary>
internal sealed class RobotControlService(
    SessionAdmission admission,
    EmbodimentWatch embodiments,
    SessionRegistry registry,
    AccessRefusals refusals,
    ServiceOptions options,
    PolicyBundle bundle,
    ILogger<RobotControlService> logger)
    : Wire.RobotControl.RobotControlBase
{
    /// <inheritdoc/>
    public override async Task Control(
        IAsyncStreamReader<Wire.ControlRequest> requestStream, IServerStreamWriter<Wire.ControlResponse> responseStream, ServerCallContext context)
    {
        var open = await ReadOpenAsync(requestStream, responseStream, context);
        var receivedAt = MonotonicTime.Now(options.Clock);
        await CheckRobotAsync(open.RobotId, responseStream, context);
        var seat = await TakeSeatAsync(open, context.GetHttpContext().GetCaller(), responseStream, context.CancellationToken);
        try
        {
            await AcceptAsync(seat, receivedAt, responseStream);
            var summary = await seat.Session!.RunAsync(requestStream, context.GetHttpContext().Abort);
            if (summary.End != Wire.SessionEnd.ConnectionLost) await SendSummaryAsync(summary, responseStream);
            if (seat.Session.Violation is { } violation) throw violation;
        }
        finally
        {
            registry.Leave(seat);
        }
    }

    private async Task<Wire.OpenSession> ReadOpenAsync(
        IAsyncStreamReader<Wire.ControlRequest> requests, IServerStreamWriter<Wire.ControlResponse> responses, ServerCallContext context)
    {
        using var timeout = new CancellationTokenSource(options.Limits.OpenTimeout, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.CancellationToken);
        var refused = new Wire.SessionRefused { Refusal = Wire.SessionRefusal.NotOpened, Detail = "the first message must be 'open'" };
        try
        {
            var isThere = await requests.MoveNext(either.Token);
            if (isThere && requests.Current.MessageCase == Wire.ControlRequest.MessageOneofCase.Open) return requests.Current.Open;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            refused = new Wire.SessionRefused { Refusal = Wire.SessionRefusal.OpenTimedOut, Detail = $"no message within {options.Limits.OpenTimeout}" };
        }
        throw await RefuseAsync("", refused, responses);
    }

    private async Task CheckRobotAsync(string robotId, IServerStreamWriter<Wire.ControlResponse> responses, ServerCallContext context)
    {
        var (http, caller) = (context.GetHttpContext(), context.GetHttpContext().GetCaller());
        if (caller.Robots.Covers(robotId)) return;
        var refused = new Wire.SessionRefused { Refusal = Wire.SessionRefusal.NotAllowed, Detail = $"the credential does not cover this robot, only {caller.Robots}" };
        await refusals.ReportAsync(context.Method.TrimStart('/'), caller, http.Connection.RemoteIpAddress, StatusTable.Of(refused).Status);
        throw await RefuseAsync(robotId, refused, responses);
    }

    private async Task<SessionRegistry.Seat> TakeSeatAsync(
        Wire.OpenSession open, Caller caller, IServerStreamWriter<Wire.ControlResponse> responses, CancellationToken cancellation)
    {
        var plan = admission.Check(open, out var refused);
        // Somebody may have put it into the bundle's folder a moment ago: then it is there, or what is wrong with it is known.
        if (refused?.Refusal == Wire.SessionRefusal.UnknownEmbodiment)
        {
            await embodiments.LookAsync(cancellation);
            plan = admission.Check(open, out refused);
        }
        if (plan is null) throw await RefuseAsync(open.RobotId, refused!, responses);
        (var seat, refused) = await registry.OpenAsync(plan with { CredentialExpiresAt = caller.ExpiresAt }, responses);
        return seat ?? throw await RefuseAsync(open.RobotId, refused!, responses);
    }

    private async Task AcceptAsync(SessionRegistry.Seat seat, MonotonicTime receivedAt, IServerStreamWriter<Wire.ControlResponse> responses)
    {
        var (accepted, manifest) = (seat.Accepted!, bundle.Manifest);
        accepted.BundleRevision = manifest.Revision;
        accepted.TrajectoryMs = (uint)Math.Round(manifest.Latent.Horizon * manifest.SamplePeriodTicks * 1000 / manifest.ControlRateHz);
        accepted.OpenReceivedNs = receivedAt.Nanoseconds;
        accepted.SentNs = MonotonicTime.Now(options.Clock).Nanoseconds;
        await responses.WriteAsync(new Wire.ControlResponse { Accepted = accepted });
    }

    private static async Task SendSummaryAsync(Wire.SessionSummary summary, IServerStreamWriter<Wire.ControlResponse> responses)
    {
        try
        {
            await responses.WriteAsync(new Wire.ControlResponse { Summary = summary });
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The robot has gone; the log has the summary.
        }
    }

    private async Task<RpcException> RefuseAsync(string robotId, Wire.SessionRefused refused, IServerStreamWriter<Wire.ControlResponse> responses)
    {
        SessionLines.SessionRefused(logger, Printable.Line(robotId, 64), refused.Refusal, refused.Detail);
        await responses.WriteAsync(new Wire.ControlResponse { Refused = refused });
        return StatusTable.Of(refused);
    }
}
