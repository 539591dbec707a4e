using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Records;
using Microsoft.Extensions.Logging;
using PhraseState = DiVLA.Control.RealTime.PhraseState;

namespace DiVLA.Control.Service.Tests.Records;

/// <summary>A recorder over a file of its own, and what it logs.</summary>
internal sealed class RecordingStage : IDisposable
{
    private const string Robot = "robot-1";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-records-");
    private readonly ServiceOptions _options;

    public RecordingStage(TimeProvider? clock = null, Func<RecordOptions, RecordOptions>? change = null, Action<string>? before = null, Action<RecordDatabase>? opened = null)
    {
        File = Path.Combine(_folder.FullName, "reasoning.db");
        before?.Invoke(File);
        var records = new RecordOptions { File = File };
        _options = TestServer.Options with { Records = change?.Invoke(records) ?? records, Clock = clock ?? TimeProvider.System };
        Recorder = new ReasoningRecorder(_options, Log, file =>
        {
            var database = RecordDatabase.Open(file);
            opened?.Invoke(database);
            return database;
        });
    }

    public string File { get; }

    public string Folder => _folder.FullName;

    public ReasoningRecorder Recorder { get; }

    public Lines Log { get; } = new();

    /// <summary>A session under way.</summary>
    public SessionRecord Open(string id = "0123456789abcdef") =>
        Recorder.Open(new SessionFacts(id, Robot, "panda", "revision", ["joint-1", "joint-2"]))!;

    /// <summary>A tick that follows a trajectory, a little ago.</summary>
    public TickCommand Tick(long tick, ReasoningPhrase? phrase = null, PhraseState state = PhraseState.Verified, long observation = 0) => new()
    {
        TickIndex = tick,
        Due = MonotonicTime.Now(_options.Clock) + tick,
        Command = new RobotCommand(new JointPositions([tick / 10.0, -1]), 0.04),
        State = phrase is null ? LadderState.Hold : LadderState.Fresh,
        Reason = phrase is null ? LadderReason.NoTrajectory : LadderReason.None,
        ObservationId = phrase is null ? 0 : observation > 0 ? observation : tick,
        PhraseId = phrase?.Id ?? 0,
        PhraseState = phrase is null ? PhraseState.None : state,
        TrajectoryAgeNs = phrase is null ? 0 : 5_000_000,
    };

    /// <summary>Adds ticks that one phrase steered.</summary>
    public void Add(SessionRecord session, long first, long count, ReasoningPhrase? phrase = null)
    {
        for (var tick = first; tick < first + count; tick++) session.Ticks.AddFromEgress(Tick(tick, phrase), phrase, phrase);
    }

    /// <summary>Asks what was recorded.</summary>
    public async Task<T> AskAsync<T>(Func<RecordQuestions, T> question)
    {
        using var reader = new RecordReader(_options, Recorder);
        return await reader.AskAsync(question, RobotScope.Every, CancellationToken.None);
    }

    /// <summary>Ticks of a session that are in the database.</summary>
    public Task<long[]> TicksAsync(string session = "") => AskAsync(questions =>
        questions.Session(session) is { } found ? questions.Actions(found, new ActionFilter(0, long.MaxValue, 0, 0, 100_000)).Select(action => (long)action.Tick).ToArray() : []);

    /// <summary>Everything that was said and pinned, newest first.</summary>
    public Task<List<Wire.ReasoningEntry>> HistoryAsync() => AskAsync(questions => questions.History(new HistoryFilter("", 0, long.MaxValue, long.MaxValue, 1000)));

    /// <summary>Waits until the recorder is in that state; its thread looks four times a second.</summary>
    public async Task<Wire.RecordsHealth> UntilAsync(Wire.RecordsState state)
    {
        while (Recorder.Health() is var health && health.State != state)
        {
            await Recorder.FlushAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
        return Recorder.Health();
    }

    public void Dispose()
    {
        Recorder.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>What was logged.</summary>
    internal sealed class Lines : ILogger<ReasoningRecorder>
    {
        private readonly Lock _gate = new();
        private readonly List<(LogLevel Level, string Text)> _lines = [];

        public IReadOnlyList<string> At(LogLevel level)
        {
            lock (_gate) return [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_gate) _lines.Add((logLevel, formatter(state, exception)));
        }
    }
}
