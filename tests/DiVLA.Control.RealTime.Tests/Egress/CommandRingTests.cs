namespace DiVLA.Control.RealTime.Tests;

/// <summary>The ring under both ways of waking its consumer.</summary>
[TestFixture(true)]
[TestFixture(false)]
internal sealed class CommandRingTests(bool isNative)
{
    [Test]
    public void TryTake_SomePosted_GivesThemInOrder()
    {
        using var ring = Create(8);
        for (var tick = 0; tick < 5; tick++)
            Post(ring, tick);
        Assert.That(TakeAll(ring), Is.EqualTo(new long[] { 0, 1, 2, 3, 4 }));
        Assert.That(ring.Dropped, Is.Zero);
    }

    [Test]
    public void Post_ConsumerLags_DropsTheOldestAndCountsThem()
    {
        using var ring = Create(4);
        for (var tick = 0; tick < 11; tick++)
            Post(ring, tick);
        Assert.That(TakeAll(ring), Is.EqualTo(new long[] { 7, 8, 9, 10 }));
        Assert.That(ring.Dropped, Is.EqualTo(7));
    }

    [Test]
    public void Wait_CommandThere_ReturnsAtOnce()
    {
        using var ring = Create(4);
        Post(ring, 1);
        Assert.That(ring.WaitFromEgress(Timeout.InfiniteTimeSpan), Is.True);
    }

    [Test]
    public void Wait_CompletedWithCommandsLeft_GivesTheseFirst()
    {
        using var ring = Create(4);
        Post(ring, 1);
        ring.CompleteFromAnyThread();
        Assert.That(ring.WaitFromEgress(Timeout.InfiniteTimeSpan), Is.True);
        Assert.That(ring.TryTakeFromEgress(out _), Is.True);
        Assert.That(ring.WaitFromEgress(Timeout.InfiniteTimeSpan), Is.False);
    }

    [Test]
    public void Wait_NothingComes_ReturnsAfterTheTimeout()
    {
        using var ring = Create(4);
        Assert.That(ring.WaitFromEgress(TimeSpan.FromMilliseconds(1)), Is.True);
        Assert.That(ring.TryTakeFromEgress(out _), Is.False);
    }

    [Test]
    public void Wait_ConsumerSleepsForEveryCommand_IsWokenForEach()
    {
        const int Posted = 200;
        using var ring = Create(64);
        using var taken = new SemaphoreSlim(0);
        var producer = new Thread(() =>
        {
            for (var tick = 0; tick < Posted; tick++)
            {
                Post(ring, tick);
                taken.Wait();
            }
            ring.CompleteFromAnyThread();
        });
        producer.Start();
        var received = 0;
        while (ring.WaitFromEgress(Timeout.InfiniteTimeSpan))
            while (ring.TryTakeFromEgress(out var command))
            {
                Assert.That(command.TickIndex, Is.EqualTo(received++));
                taken.Release();
            }
        producer.Join();
        Assert.That(received, Is.EqualTo(Posted));
    }

    [Test]
    public void Post_FasterThanTheConsumer_LosesOnlyWhatIsCountedAndTearsNothing()
    {
        const int Attempts = 20_000_000;
        const int Enough = 500_000;
        using var ring = Create(2);
        var (posted, isEnough) = (0L, false);
        var producer = new Thread(() =>
        {
            while (!Volatile.Read(ref isEnough))
                Post(ring, ++posted);
        });
        producer.Start();
        var (received, faults, last) = (0L, 0, 0L);
        for (var attempt = 0; attempt < Attempts && received < Enough; attempt++)
            if (ring.TryTakeFromEgress(out var command)) Receive(command);
        Volatile.Write(ref isEnough, true);
        producer.Join();
        while (ring.TryTakeFromEgress(out var command))
            Receive(command);
        Assert.That(faults, Is.Zero);
        Assert.That((received + ring.Dropped, last), Is.EqualTo((posted, posted)));

        void Receive(in TickCommand command)
        {
            received++;
            if (command.TickIndex <= last || command.PhraseId != command.TickIndex || command.TrajectoryAgeNs != command.TickIndex) faults++;
            last = command.TickIndex;
        }
    }

    private CommandRing Create(int capacity)
    {
        if (!isNative) return new CommandRing(capacity, new SemaphoreSignal());
        if (!OperatingSystem.IsLinux()) Assert.Ignore("There is no eventfd on this system.");
        return new CommandRing(capacity, new EventFdSignal());
    }

    private static void Post(CommandRing ring, long tick) =>
        ring.PostFromLoop(new TickCommand { TickIndex = tick, PhraseId = tick, TrajectoryAgeNs = tick });

    private static List<long> TakeAll(CommandRing ring)
    {
        var ticks = new List<long>();
        while (ring.TryTakeFromEgress(out var command))
            ticks.Add(command.TickIndex);
        return ticks;
    }
}
