using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client.Tests;

[TestFixture]
internal sealed class RobotSessionTests
{
    [Test]
    public void Abandon_TimerComesAfterTheSessionHasGone_DoesNothing()
    {
        var options = new RobotControlOptions
        {
            RobotId = "robot-1",
            Contract = TestContract.Create(),
            Encodings = [ImageEncoding.Rgb8],
            Instruction = "put the red cube in the left bin",
        };
        using var channel = ServiceChannel.For(new Uri("http://127.0.0.1:1"));
        using var delivery = new ActionDelivery(options, new Robot());
        var outbox = new ObservationOutbox(options.Contract, options.Encodings);
        var session = new RobotSession(new RobotControl.RobotControlClient(channel), options, new Robot(), outbox, delivery, CancellationToken.None);
        session.Dispose();
        Assert.That(() => session.Abandon("too late"), Throws.Nothing);
    }

    private sealed class Robot : RobotControlHandler
    {
        public override RobotState ReadState() => default;

        public override void OnAction(in RobotAction action)
        {
            // None comes.
        }
    }
}
