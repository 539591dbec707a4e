using DiVLA.Control.Client;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Robot;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Service.Tests;

/// <summary>A robot that speaks the protocol by hand, so that a test can say what no client of ours would.</summary>
internal sealed class WireRobot : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly GrpcChannel _channel;
    private readonly CancellationTokenSource _patience;
    private readonly AsyncDuplexStreamingCall<Wire.ControlRequest, Wire.ControlResponse> _call;
    private readonly EmbodimentProfile _arm;
    private ulong _sequence;

    /// <param name="server">Whom it calls.</param>
    /// <param name="credentials">Its own; null for none.</param>
    /// <param name="arm">What it is; a Panda where it is not said.</param>
    /// <param name="patience">How long its stream may last; a minute where it is not said.</param>
    public WireRobot(DivlaServer server, ServiceCredentials? credentials = null, EmbodimentProfile? arm = null, TimeSpan? patience = null)
    {
        _arm = arm ?? ArmProfiles.Panda;
        _patience = new CancellationTokenSource(patience ?? Patience);
        _channel = ServiceChannel.For(server.GrpcAddress, credentials);
        _call = new Wire.RobotControl.RobotControlClient(_channel).Control(cancellationToken: _patience.Token);
    }

    /// <summary>For other calls to the same service.</summary>
    public GrpcChannel Channel => _channel;

    /// <summary>Actions read so far.</summary>
    public List<Wire.Action> Actions { get; } = [];

    /// <summary>Phrases read so far.</summary>
    public List<Wire.Phrase> Phrases { get; } = [];

    /// <summary>The message that a healthy simulated arm opens with.</summary>
    public static Wire.OpenSession OpenMessage(string robotId, EmbodimentProfile? arm = null)
    {
        var contract = SimulatedCameras.ContractOf(arm ?? ArmProfiles.Panda);
        var open = new Wire.OpenSession
        {
            RobotId = robotId,
            Embodiment = contract.Embodiment,
            ContractSha256 = contract.Sha256(),
            Contract = RobotMessages.From(contract),
            Instruction = "put the red cube in the left bin",
            LeaseMs = 30_000,
            State = Sample.State(arm ?? ArmProfiles.Panda),
            SentNs = 1,
        };
        open.Cameras.AddRange(contract.Cameras.Select(camera => RobotMessages.Camera(camera, Wire.ImageEncoding.Rgb8)));
        return open;
    }

    /// <summary>Opens a session that is let in.</summary>
    public static async Task<(WireRobot Robot, Wire.SessionAccepted Accepted)> OpenAsync(
        DivlaServer server,
        string robotId,
        Action<Wire.OpenSession>? change = null,
        ServiceCredentials? credentials = null,
        EmbodimentProfile? arm = null,
        TimeSpan? patience = null)
    {
        var robot = new WireRobot(server, credentials, arm, patience);
        var open = OpenMessage(robotId, arm);
        change?.Invoke(open);
        await robot.SendAsync(new Wire.ControlRequest { Open = open });
        var first = await robot.NextAsync(_ => true);
        Assert.That(first.MessageCase, Is.EqualTo(Wire.ControlResponse.MessageOneofCase.Accepted), first.ToString());
        return (robot, first.Accepted);
    }

    /// <summary>Tries to open a session for an arm that the service does not drive.</summary>
    public static Task<(Wire.SessionRefused Refused, StatusCode Status)> OpenInVainAsync(DivlaServer server, string robotId, EmbodimentProfile arm) =>
        OpenInVainAsync(server, OpenMessage(robotId, arm));

    /// <summary>Tries to open a session that is not let in.</summary>
    public static Task<(Wire.SessionRefused Refused, StatusCode Status)> OpenInVainAsync(DivlaServer server, string robotId, Action<Wire.OpenSession> spoil)
    {
        var open = OpenMessage(robotId);
        spoil(open);
        return OpenInVainAsync(server, open);
    }

    private static async Task<(Wire.SessionRefused Refused, StatusCode Status)> OpenInVainAsync(DivlaServer server, Wire.OpenSession open)
    {
        using var robot = new WireRobot(server);
        await robot.SendAsync(new Wire.ControlRequest { Open = open });
        var refused = (await robot.NextAsync(_ => true)).Refused;
        return (refused, await robot.StatusAsync());
    }

    public Task SendAsync(Wire.ControlRequest request) => _call.RequestStream.WriteAsync(request);

    /// <summary>Sends what the cameras see: one grey.</summary>
    public Task ObserveAsync(Action<Wire.Observation>? change = null)
    {
        var observation = Observation();
        change?.Invoke(observation);
        return SendAsync(new Wire.ControlRequest { Observation = observation });
    }

    public Task StopAsync() => SendAsync(new Wire.ControlRequest { Stop = new Wire.Stop { Reason = "test" } });

    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>Reads until there is a message of that kind.</summary>
    public async Task<Wire.ControlResponse> NextAsync(Func<Wire.ControlResponse, bool> isWanted)
    {
        while (await MoveNextAsync())
        {
            var response = _call.ResponseStream.Current;
            if (response.Action is not null) Actions.Add(response.Action);
            if (response.Phrase is not null) Phrases.Add(response.Phrase);
            if (isWanted(response)) return response;
        }
        throw new AssertionException("The stream ended without the message.");
    }

    // Says what the arm was last told, and why.
    private async Task<bool> MoveNextAsync()
    {
        try
        {
            return await _call.ResponseStream.MoveNext();
        }
        catch (RpcException) when (_patience.IsCancellationRequested)
        {
            throw new AssertionException($"The message did not come in time. Last of {Actions.Count} actions: {Actions.LastOrDefault()}; last phrase: {Phrases.LastOrDefault()}");
        }
    }

    /// <summary>Reads until there is an action of that kind.</summary>
    public async Task<Wire.Action> NextActionAsync(Func<Wire.Action, bool> isWanted) =>
        (await NextAsync(response => response.Action is { } action && isWanted(action))).Action;

    /// <summary>Reads on to the summary, which is the last message.</summary>
    public async Task<Wire.SessionSummary> SummaryAsync()
    {
        var summary = (await NextAsync(response => response.Summary is not null)).Summary;
        Assert.That(await StatusAsync(), Is.EqualTo(StatusCode.OK), "nothing follows the summary");
        return summary;
    }

    /// <summary>Reads on to the end of the stream.</summary>
    public async Task<StatusCode> StatusAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext())
            {
                // What else comes is of no interest any more.
            }
            return _call.GetStatus().StatusCode;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }

    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
        _patience.Dispose();
    }

    private Wire.Observation Observation()
    {
        var observation = new Wire.Observation { Sequence = ++_sequence, CapturedNs = (long)_sequence * 1_000, SentNs = (long)_sequence * 1_000 + 500, State = Sample.State(_arm) };
        foreach (var camera in SimulatedCameras.ContractOf(_arm).Cameras)
            observation.Frames.Add(new Wire.CameraFrame
            {
                Camera = camera.Name,
                Encoding = Wire.ImageEncoding.Rgb8,
                WidthPx = (uint)camera.WidthPx,
                HeightPx = (uint)camera.HeightPx,
                Data = ByteString.CopyFrom([.. Enumerable.Repeat((byte)128, camera.WidthPx * camera.HeightPx * 3)]),
            });
        return observation;
    }
}
