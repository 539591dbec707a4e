using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client.Tests;

[TestFixture]
internal sealed class ObservationOutboxTests
{
    private readonly ObservationOutbox _outbox = new(TestContract.Create(), [ImageEncoding.Rgb8]);

    [Test]
    public void NewerObservation_ReplacesTheOneBefore()
    {
        Post(1, [1, 1, 1, 1, 1, 1]);
        Post(2, [2, 2, 2, 2, 2, 2]);
        Assert.That(_outbox.TryTake(out var message), Is.True);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(message.Sequence, Is.EqualTo(2));
            Assert.That(message.CapturedNs, Is.EqualTo(2));
            Assert.That(message.Frames.Single().Data, Is.EqualTo(new byte[] { 2, 2, 2, 2, 2, 2 }));
            Assert.That(_outbox.Superseded, Is.EqualTo(1));
            Assert.That(_outbox.TryTake(out _), Is.False, "it is taken once");
        }
    }

    [Test]
    public void Observation_OnItsWayOut_IsNotTouchedByTheNext()
    {
        Post(1, [1, 1, 1, 1, 1, 1]);
        _outbox.TryTake(out var message);
        Post(2, [2, 2, 2, 2, 2, 2]);
        Assert.That(message.Frames.Single().Data, Is.EqualTo(new byte[] { 1, 1, 1, 1, 1, 1 }));
    }

    [Test]
    public void Frames_VaryInSize_LengthIsThatOfTheNewest()
    {
        Post(1, [1, 2, 3, 4, 5, 6]);
        _outbox.TryTake(out _);
        Post(2, [7, 8]);
        _outbox.TryTake(out _);
        Post(3, [9]);
        _outbox.TryTake(out var message);
        Assert.That(message.Frames.Single().Data, Is.EqualTo(new byte[] { 9 }));
    }

    [Test]
    public void Clear_DropsWhatWasNotSent()
    {
        Post(1, [1]);
        _outbox.Clear();
        Assert.That(_outbox.TryTake(out _), Is.False);
    }

    [Test]
    public void Frames_AreNotAsManyAsCameras_Throws()
    {
        Assert.That(() => _outbox.Post(default, State(), []), Throws.ArgumentException);
    }

    [Test]
    public void State_TravelsWhole()
    {
        Post(1, [1]);
        _outbox.TryTake(out var message);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(message.State.JointPositionsRad, Is.EqualTo([0.1, 0.2]));
            Assert.That(message.State.JointVelocitiesRadPerS, Is.EqualTo([0.3, 0.4]));
            Assert.That(message.State.CommandedJointsRad, Is.EqualTo([0.5, 0.6]));
            Assert.That((message.State.GripperWidthM, message.State.IsHolding), Is.EqualTo((0.07, true)));
        }
    }

    private static RobotState State() => new(new JointPositions([0.1, 0.2]), new JointVelocities([0.3, 0.4]), new JointPositions([0.5, 0.6]), 0.07, true);

    private void Post(long captured, byte[] frame) => _outbox.Post(new MonotonicTime(captured), State(), [frame]);
}
