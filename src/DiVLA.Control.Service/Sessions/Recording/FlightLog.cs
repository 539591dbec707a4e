using System.Text.Json;
using System.Text.Json.Serialization;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Writes down what led to a stop or a fault: the loop's last ticks and the limiter's last changes, as JSON lines in the log's folder.</summary>
/// <param name="folder">Null where there is no log file; then nothing is written.</param>
/// <param name="session">Part of the file's name.</param>
/// <param name="jointNames">Base first.</param>
/// <param name="loop">What is written down.</param>
/// <param name="log">Learns of every file.</param>
internal sealed class FlightLog(string? folder, string session, IReadOnlyList<string> jointNames, DeadlineLoop loop, SessionLog log)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    private Task _written = Task.CompletedTask;

    /// <summary>Ends when everything saved so far is on the disk, or the log says why not.</summary>
    public Task Written => _written;

    /// <summary>Has the last ticks written by a thread of the pool. Called by one thread at a time; copies nothing on it.</summary>
    /// <param name="occasion">Why, for the log.</param>
    public void Save(string occasion)
    {
        if (folder is not null) _written = WriteAfterAsync(_written, occasion, folder);
    }

    private async Task WriteAfterAsync(Task before, string occasion, string into)
    {
        await before;
        await Task.Run(() => Write(occasion, into));
    }

    private void Write(string occasion, string into)
    {
        var ticks = loop.FlightRecorder.Snapshot();
        var last = ticks.Count == 0 ? -1 : ticks[^1].Command.TickIndex;
        var path = Path.Combine(into, $"flight-{session}-{last}.jsonl");
        try
        {
            File.WriteAllLines(path, ticks.Select(Line).Concat(loop.Interventions.Snapshot().Select(Line)));
            log.FlightWritten(occasion, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.FlightNotWritten(path, error);
        }
    }

    private static string Line(TickRecord tick) => JsonSerializer.Serialize(
        new
        {
            Kind = "tick",
            Tick = tick.Command.TickIndex,
            DueNs = tick.Command.Due.Nanoseconds,
            tick.Command.State,
            tick.Command.Reason,
            JointsRad = tick.Command.Command.Joints.AsSpan().ToArray(),
            GripperWidthM = tick.Command.Command.GripperWidth,
            Observation = tick.Command.ObservationId,
            Phrase = tick.Command.PhraseId,
            tick.Command.TrajectoryAgeNs,
            tick.Command.Limited,
            tick.Skipped,
            tick.WakeLatenessNs,
            tick.PostLatenessNs,
        },
        Json);

    private string Line(LimiterIntervention change) => JsonSerializer.Serialize(
        new { Kind = "intervention", Tick = change.TickIndex, Joint = JointName(jointNames, change.Joint), change.Rules, change.Before, change.After }, Json);

    /// <summary>A joint's name, or the gripper's.</summary>
    public static string JointName(IReadOnlyList<string> jointNames, int joint) => joint < jointNames.Count ? jointNames[joint] : "gripper";
}
