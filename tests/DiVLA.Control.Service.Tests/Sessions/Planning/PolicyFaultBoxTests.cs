using DiVLA.Control.Policy;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Planning;

[TestFixture]
internal sealed class PolicyFaultBoxTests
{
    private readonly PolicyFaultBox _box = new();

    [Test]
    public void Take_NothingPut_IsFalse()
    {
        Assert.That(_box.TryTake(out _, out _), Is.False);
    }

    [Test]
    public void Take_TwoPut_GivesTheNewestOnce()
    {
        _box.PutFromPolicyThread(Fault(PolicyOutcome.NonFinite), 3);
        _box.PutFromPolicyThread(Fault(PolicyOutcome.RejectedState), 4);
        Assert.That(_box.TryTake(out var fault, out var observation), Is.True);
        Assert.That((fault.Outcome, observation), Is.EqualTo((PolicyOutcome.RejectedState, 4)));
        Assert.That(_box.TryTake(out _, out _), Is.False);
    }

    [Test]
    public void Take_SameFaultAgain_IsAnotherOne()
    {
        for (ulong observation = 1; observation <= 2; observation++)
        {
            _box.PutFromPolicyThread(Fault(PolicyOutcome.NonFinite), observation);
            Assert.That(_box.TryTake(out _, out var taken), Is.True);
            Assert.That(taken, Is.EqualTo(observation));
        }
    }

    private static PolicyFault Fault(PolicyOutcome outcome) => new(outcome, PolicyStage.Diffusion);
}
