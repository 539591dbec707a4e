using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Records;
using DiVLA.Control.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Service.Tests.Records;

[TestFixture]
internal sealed class ReasoningRecorderTests
{
    [Test]
    public async Task Tick_IsAskedFor_PhraseObservationAndActionAreJoined()
    {
        using var stage = new RecordingStage();
        var session = stage.Open();
        var (first, second) = (TestPhrases.Create(1, "target red cube", observation: 3), TestPhrases.Create(2, "target blue cube", observation: 6));
        stage.Add(session, 0, 3);
        stage.Add(session, 3, 3, first);
        session.Ticks.AddFromEgress(stage.Tick(6, first, PhraseState.Pending), first, second);
        stage.Add(session, 7, 2, second);
        var actions = await stage.AskAsync(questions => questions.Actions(questions.Session("robot-1")!, new ActionFilter(0, long.MaxValue, 0, 0, 100)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actions.Select(action => action.Tick), Is.EqualTo(Enumerable.Range(0, 9)));
            Assert.That(actions.Select(action => action.Phrase?.Text), Is.EqualTo(
                new[] { null, null, null, "target red cube", "target red cube", "target red cube", "target red cube", "target blue cube", "target blue cube" }));
            Assert.That(actions[6].Phrase.Freshness, Is.EqualTo(Wire.PhraseFreshness.Pending));
            Assert.That(actions[7].Phrase.Instruction, Is.EqualTo("put the red cube in the left bin"));
            Assert.That((actions[7].ObservationSequence, actions[7].ObservationAgeMs), Is.EqualTo((7, 5)));
            Assert.That(actions[7].JointPositionsRad, Is.EqualTo([0.7, -1]));
            Assert.That(actions[7].JointNames, Is.EqualTo(["joint-1", "joint-2"]));
            Assert.That((actions[2].State, actions[2].Reason), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.NoTrajectory)));
            Assert.That(actions[2].ObservedTime, Is.Null);
        }
    }

    [TestCase(1, 0, 0, ExpectedResult = new[] { 0, 1, 2, 3 })]
    [TestCase(2, 0, 0, ExpectedResult = new[] { 4, 5, 6 })]
    [TestCase(9, 0, 0, ExpectedResult = new int[0])]
    [TestCase(0, 5, 0, ExpectedResult = new[] { 5 })]
    [TestCase(1, 5, 0, ExpectedResult = new int[0])]
    [TestCase(0, 0, 5, ExpectedResult = new[] { 5, 6 })]
    public async Task<int[]> Actions(int phrase, int observation, int from)
    {
        using var stage = new RecordingStage();
        var session = stage.Open();
        stage.Add(session, 0, 4, TestPhrases.Create(1, "target red cube"));
        stage.Add(session, 4, 3, TestPhrases.Create(2, "target blue cube"));
        var actions = await stage.AskAsync(questions => questions.Actions(questions.Session("")!, new ActionFilter(from, long.MaxValue, phrase, observation, 100)));
        return [.. actions.Select(action => (int)action.Tick)];
    }

    [Test]
    public async Task History_OfPhrasesAndPins_SaysWhoWhenAndWhatCameOfIt()
    {
        using var stage = new RecordingStage();
        var session = stage.Open();
        var phrase = TestPhrases.Create(1, "target red cube");
        stage.Add(session, 0, 3, phrase);
        session.Ticks.AddFromEgress(stage.Tick(3, phrase, PhraseState.Pending), phrase, TestPhrases.Create(2, "never steered"));
        await stage.Recorder.FlushAsync();
        session.Add(Pin(Wire.PinAction.Pinned, "anna"));
        session.Add(Pin(Wire.PinAction.Refused, "ben", Wire.PinRefusal.NotInScene));
        var history = await stage.HistoryAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(history.Select(entry => entry.Entry), Is.Ordered.Descending.And.Unique);
            Assert.That(history.Select(entry => entry.Pin?.Who ?? entry.Phrase.Phrase.Text), Is.EqualTo(["ben", "anna", "never steered", "target red cube"]));
            Assert.That((history[0].Pin.Action, history[0].Pin.Refusal), Is.EqualTo((Wire.PinAction.Refused, Wire.PinRefusal.NotInScene)));
            Assert.That((history[1].Pin.Why, history[1].Pin.Pin.Object, history[1].Tick), Is.EqualTo(("a test", "red cube", 2)));
            Assert.That(history[2].Phrase.Ticks, Is.Zero);
            Assert.That((history[3].Phrase.Ticks, history[3].Phrase.VerifiedTicks, history[3].Phrase.FirstTick, history[3].Phrase.LastTick), Is.EqualTo((4, 3, 0, 3)));
            Assert.That(history.Select(entry => (entry.RobotId, entry.SessionId)), Is.All.EqualTo(("robot-1", "0123456789abcdef")));
        }
    }

    // A phrase that steers on after it was written once is counted on.
    [Test]
    public async Task Phrase_SteersOverSeveralWrites_TicksAddUp()
    {
        using var stage = new RecordingStage();
        var session = stage.Open();
        var phrase = TestPhrases.Create(1, "target red cube");
        for (var batch = 0; batch < 5; batch++)
        {
            stage.Add(session, batch * 10, 10, phrase);
            await stage.Recorder.FlushAsync();
        }
        var record = (await stage.HistoryAsync()).Single().Phrase;
        Assert.That((record.Ticks, record.FirstTick, record.LastTick), Is.EqualTo((50, 0, 49)));
    }

    [Test]
    public async Task Recorder_IsGone_WhatItWroteIsThere()
    {
        using var stage = new RecordingStage();
        var session = stage.Open();
        stage.Add(session, 0, 20, TestPhrases.Create(1, "target red cube"));
        session.Close(MonotonicTime.Now(TimeProvider.System), Wire.SessionEnd.StoppedByRobot);
        stage.Recorder.Dispose();
        using var database = new SqliteConnection($"Data Source={stage.File};Mode=ReadOnly;Pooling=false");
        database.Open();
        using var select = new SqliteCommand("SELECT count(*), min(text), min(state), max(reason) FROM steering", database);
        using var row = select.ExecuteReader();
        row.Read();
        Assert.That((row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3)), Is.EqualTo((20, "target red cube", "FRESH", "NONE")));
    }

    [Test]
    public async Task File_IsNoDatabase_IsSetAsideAndAnotherOneIsBegun()
    {
        using var stage = new RecordingStage(before: file => File.WriteAllText(file, "these are the holiday pictures of somebody else, and no database at all"));
        stage.Add(stage.Open(), 0, 10);
        var ticks = await stage.TicksAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ticks, Has.Length.EqualTo(10));
            Assert.That(File.ReadAllText(stage.File + ".broken-1"), Does.StartWith("these are the holiday pictures"));
            Assert.That(stage.Log.At(LogLevel.Error), Has.Count.EqualTo(1));
            Assert.That(stage.Recorder.Health().State, Is.EqualTo(Wire.RecordsState.Recording));
        }
    }

    [Test]
    public async Task File_IsDamagedWhileItIsWritten_IsSetAsideAndRecordingGoesOn()
    {
        using var stage = new RecordingStage();
        var session = stage.Open();
        stage.Add(session, 0, 400, TestPhrases.Create(1, "target red cube"));
        await stage.Recorder.FlushAsync();
        Checkpoint(stage.File);
        using (var file = new FileStream(stage.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Seek(100, SeekOrigin.Begin);
            file.Write(new byte[file.Length - 100]);
        }
        // Pages that the writer still holds hide the damage from it: only the next database is certain.
        stage.Recorder.Dispose();
        using var next = new RecordingStage(before: path => File.Copy(stage.File, path, overwrite: true));
        next.Add(next.Open("second"), 0, 10);
        Assert.That(await next.TicksAsync("second"), Has.Length.EqualTo(10));
        Assert.That(Directory.GetFiles(next.Folder, "*.broken-1"), Has.Length.EqualTo(1));
    }

    // As on a disk without room, SQLite may not use one page more than the tables have.
    [Test]
    public async Task Disk_IsFull_LossIsCountedSaidOnceAndRecordingResumes()
    {
        var isFull = true;
        using var stage = new RecordingStage(opened: database =>
        {
            if (Volatile.Read(ref isFull)) database.Prepare("PRAGMA max_page_count = 1").Number();
        });
        var session = stage.Open();
        stage.Add(session, 0, 100);
        var failing = await stage.UntilAsync(Wire.RecordsState.Failing);
        stage.Add(session, 100, ReasoningRecorder.QueuedTicks);
        for (var pin = 0; pin < SessionRecord.QueuedPins + 7; pin++) session.Add(Pin(Wire.PinAction.Pinned, "anna"));
        var lost = stage.Recorder.Health().Lost;
        Volatile.Write(ref isFull, false);
        var recovered = await stage.UntilAsync(Wire.RecordsState.Recording);
        var ticks = await stage.TicksAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failing.Fault, Does.StartWith(stage.File).And.Contain("full"));
            Assert.That(lost, Is.EqualTo(100 + 7), "what found no room: whoever told it was never kept waiting");
            Assert.That(ticks, Has.Length.EqualTo(ReasoningRecorder.QueuedTicks), "what did was written when there was room on the disk");
            Assert.That(stage.Log.At(LogLevel.Error), Has.Count.EqualTo(1), "said once, however often it was tried");
            Assert.That(stage.Log.At(LogLevel.Warning).Single(), Does.Contain("107 ticks"));
            Assert.That((recovered.Fault, recovered.Lost, recovered.TicksWritten), Is.EqualTo(("", 107, ReasoningRecorder.QueuedTicks)));
        }
    }

    [Test]
    public async Task Folder_CannotBeMade_RecordingBeginsWhenItCan()
    {
        var blocker = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(blocker, "a file where a folder should be");
        using var stage = new RecordingStage(change: records => records with { File = Path.Combine(blocker, "reasoning.db") });
        stage.Add(stage.Open(), 0, 10);
        await stage.UntilAsync(Wire.RecordsState.Failing);
        File.Delete(blocker);
        await stage.UntilAsync(Wire.RecordsState.Recording);
        Assert.That(await stage.TicksAsync(), Has.Length.EqualTo(10));
        stage.Recorder.Dispose();
        Directory.Delete(blocker, recursive: true);
    }

    [Test]
    public async Task Records_AreTooOld_AreDeletedAndNewerOnesStay()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));
        using var stage = new RecordingStage(clock, records => records with { MaxAge = TimeSpan.FromDays(7) });
        var old = stage.Open("old");
        stage.Add(old, 0, 50, TestPhrases.Create(1, "target red cube"));
        old.Close(MonotonicTime.Now(clock), Wire.SessionEnd.StoppedByRobot);
        await stage.Recorder.FlushAsync();
        clock.Advance(TimeSpan.FromDays(6));
        stage.Add(stage.Open("new"), 0, 5, TestPhrases.Create(1, "target blue cube"));
        var both = (await stage.HistoryAsync()).Count;
        clock.Advance(TimeSpan.FromDays(2));
        await stage.Recorder.FlushAsync();
        var history = await stage.HistoryAsync();
        var sessions = await stage.AskAsync(questions => (questions.Session("old"), questions.Session("new")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(both, Is.EqualTo(2));
            Assert.That(history.Select(entry => entry.Phrase.Phrase.Text), Is.EqualTo(["target blue cube"]));
            Assert.That(sessions.Item1, Is.Null);
            Assert.That(sessions.Item2, Is.Not.Null);
            Assert.That(await stage.TicksAsync("new"), Has.Length.EqualTo(5));
        }
    }

    [Test]
    public async Task Recorder_IsOff_NothingIsKept()
    {
        using var stage = new RecordingStage(change: records => records with { File = null });
        await stage.Recorder.FlushAsync();
        Assert.That((stage.Recorder.IsOn, stage.Recorder.Open(new SessionFacts("s", "r", "e", "b", [])), stage.Recorder.Health().State, File.Exists(stage.File)),
            Is.EqualTo((false, (SessionRecord?)null, Wire.RecordsState.Off, false)));
    }

    // What a lost process takes with it is what came since the last write.
    [Test]
    public void Thread_Writes_MoreOftenThanOnceASecond()
    {
        Assert.That(ReasoningRecorder.Period, Is.LessThanOrEqualTo(TimeSpan.FromMilliseconds(500)));
    }

    private static PinEvent Pin(Wire.PinAction action, string who, Wire.PinRefusal refusal = Wire.PinRefusal.Unspecified) => new(
        MonotonicTime.Now(TimeProvider.System),
        2,
        new Wire.PinRecord { Action = action, Who = who, Why = "a test", Refusal = refusal, Pin = new Wire.PhrasePin { Object = "red cube" } });

    private static void Checkpoint(string file)
    {
        using var database = new SqliteConnection($"Data Source={file};Pooling=false");
        database.Open();
        using var checkpoint = new SqliteCommand("PRAGMA wal_checkpoint(TRUNCATE)", database);
        checkpoint.ExecuteNonQuery();
    }
}
