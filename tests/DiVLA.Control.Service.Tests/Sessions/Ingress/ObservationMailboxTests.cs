using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Ingress;

[TestFixture]
internal sealed class ObservationMailboxTests
{
    private readonly ObservationMailbox _mailbox = new(Sample.Plan().Cameras);

    [Test]
    public void Newest_IsTaken_AndTheOneBeforeIsCounted()
    {
        Post(1);
        Post(2);
        _mailbox.TakeFromPolicyThread(out var taken);
        Assert.That((taken.Sequence, _mailbox.Superseded), Is.EqualTo((2UL, 1L)));
    }

    [Test]
    public void Taken_IsNotTouched_ByWhatFollows()
    {
        Post(1);
        _mailbox.TakeFromPolicyThread(out var taken);
        for (ulong sequence = 2; sequence < 7; sequence++) Post(sequence);
        var observation = taken.AsObservation();
        Assert.That((observation.Sequence, observation.Frames[0].Data.Span[0]), Is.EqualTo((1UL, (byte)1)));
    }

    [Test]
    public void Frames_ComeInAnyOrder_AndStandInTheSessions()
    {
        var observation = Sample.Observation();
        (observation.Frames[0], observation.Frames[1]) = (observation.Frames[1], observation.Frames[0]);
        _mailbox.BeginFromIngress().FillFromIngress(observation, default, default);
        _mailbox.PostFromIngress();
        _mailbox.TakeFromPolicyThread(out var taken);
        string[] names = [taken.AsObservation().Frames[0].Camera, taken.AsObservation().Frames[1].Camera];
        Assert.That(names, Is.EqualTo(["front", "wrist"]));
    }

    [Test]
    public void Close_EndsAWaitThatIsUnderWay()
    {
        using var waiting = new ManualResetEventSlim();
        var taking = Task.Run(() =>
        {
            waiting.Set();
            return _mailbox.TakeFromPolicyThread(out _);
        });
        Assert.That(waiting.Wait(TimeSpan.FromSeconds(30)), Is.True);
        _mailbox.CloseFromAnyThread();
        Assert.That(taking.Wait(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(taking.Result, Is.False);
    }

    [Test]
    public void PostAndTake_AfterWarmUp_AllocateNothing()
    {
        var observation = Sample.Observation();
        RoundTrip(observation);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) RoundTrip(observation);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void RoundTrip(Wire.Observation observation)
    {
        _mailbox.BeginFromIngress().FillFromIngress(observation, default, default);
        _mailbox.PostFromIngress();
        _mailbox.TakeFromPolicyThread(out _);
    }

    private void Post(ulong sequence)
    {
        var observation = Sample.Observation(sequence);
        observation.Frames[0] = Sample.Frame("front", Wire.ImageEncoding.Rgb8, Sample.FrameBytes, (byte)sequence);
        _mailbox.BeginFromIngress().FillFromIngress(observation, new MonotonicTime((long)sequence), default);
        _mailbox.PostFromIngress();
    }
}
