using DiVLA.Control.Service.Records;

namespace DiVLA.Control.Service.Tests.Records;

[TestFixture]
internal sealed class RecordTrimTests
{
    private const long NowUs = 1_800_000_000_000_000;
    private const int Ticks = 30_000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-trim-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public void Database_IsTooLarge_TheOldestGoesUntilItIsNot()
    {
        var options = new RecordOptions { MaxBytes = 1024 * 1024 };
        using var database = RecordDatabase.Open(Path.Combine(_folder.FullName, "reasoning.db"));
        var (first, second) = (Fill(database, "first", NowUs - 2_000_000_000), Fill(database, "second", NowUs - 1_000_000_000));
        var before = database.Bytes;
        var trim = new RecordTrim(options, database);
        var steps = 0;
        while (trim.Step(NowUs)) steps++;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Is.GreaterThan(options.MaxBytes * 2));
            Assert.That(database.Bytes, Is.LessThanOrEqualTo(options.MaxBytes));
            Assert.That(steps, Is.GreaterThan(2), "a little at a time");
            Assert.That(Count(database, first), Is.Zero);
            Assert.That(Newest(database, second), Is.EqualTo(Ticks - 1), "the newest stay");
            Assert.That(Entries(database, first), Is.Zero, "phrases go with their ticks");
            Assert.That(Entries(database, second), Is.EqualTo(1));
        }
    }

    [Test]
    public void Database_IsSmallAndYoung_NothingIsDeleted()
    {
        using var database = RecordDatabase.Open(Path.Combine(_folder.FullName, "reasoning.db"));
        var session = Fill(database, "only", NowUs - 1_000_000_000);
        Assert.That((new RecordTrim(new RecordOptions(), database).Step(NowUs), Count(database, session)), Is.EqualTo((false, (long)Ticks)));
    }

    // A session of many ticks: 6 minutes at 82 Hz.
    private static long Fill(RecordDatabase database, string id, long openedUs)
    {
        var session = 0L;
        database.Write(() =>
        {
            session = database.AddSession(new SessionFacts(id, "robot", "panda", "revision", ["joint-1"]), openedUs);
            database.AddPhrase(session, openedUs, 0, new Wire.Phrase { PhraseId = 1, Text = "target red cube" });
            for (var tick = 0; tick < Ticks; tick++) database.AddTick(session, Tick(tick, openedUs));
            database.AddSteered(session, new SteeredRun(1, 0) { LastTick = Ticks - 1, LastUs = openedUs + Ticks * 12_195L, Ticks = Ticks });
            database.CloseSession(session, openedUs + Ticks * 12_195L, Wire.SessionEnd.StoppedByRobot);
        });
        return session;
    }

    private static StoredTick Tick(int tick, long openedUs) => new()
    {
        Tick = tick,
        DueUs = openedUs + tick * 12_195L,
        State = Wire.LadderState.Fresh,
        Reason = Wire.LadderReason.None,
        Phrase = 1,
        Freshness = Wire.PhraseFreshness.Verified,
        Observation = tick + 1,
        ObservedUs = openedUs,
        Limited = false,
        GripperM = 0.04,
        JointsRad = new byte[56],
    };

    private static long Count(RecordDatabase database, long session) => database.Prepare("SELECT count(*) FROM ticks WHERE session = @0").Number(session)!.Value;

    private static long Newest(RecordDatabase database, long session) => database.Prepare("SELECT max(tick) FROM ticks WHERE session = @0").Number(session)!.Value;

    private static long Entries(RecordDatabase database, long session) => database.Prepare("SELECT count(*) FROM history WHERE session = @0").Number(session)!.Value;
}
