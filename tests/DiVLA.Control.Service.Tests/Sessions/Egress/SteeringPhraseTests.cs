using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.TestSupport;
using PhraseState = DiVLA.Control.RealTime.PhraseState;

namespace DiVLA.Control.Service.Tests.Sessions.Egress;

[TestFixture]
internal sealed class SteeringPhraseTests
{
    private static readonly ReasoningPhrase First = TestPhrases.Create(1, "target red cube");
    private static readonly ReasoningPhrase Second = TestPhrases.Create(2, "target blue cube");
    private readonly SteeringPhrase _steering = new();

    // Said a few ticks before it steers: whoever watches sees each phrase once.
    [Test]
    public void Phrases_AreSaidAndThenSteer_EachIsShownOnceWhenItDoes()
    {
        string[] shown =
        [
            Hold(0, LadderReason.NoTrajectory, said: null),
            Hold(1, LadderReason.NoTrajectory, said: First),
            Follow(2, First, said: First),
            Follow(3, First, said: First),
            Follow(4, First, said: Second),
            Follow(5, Second, said: Second),
            Follow(6, Second, said: Second),
        ];
        Assert.That(shown, Is.EqualTo(["", "", "1 Verified from 2", "", "", "2 Verified from 5", ""]));
    }

    [Test]
    public void Frame_CallsForAnother_PendingIsShownUntilItSteers()
    {
        string[] shown = [Follow(0, First, First), Follow(1, First, First, PhraseState.Pending), Follow(2, First, Second, PhraseState.Pending), Follow(3, Second, Second)];
        Assert.That(shown, Is.EqualTo(["1 Verified from 0", "1 Pending from 0", "", "2 Verified from 3"]));
    }

    [Test]
    public void Arm_FollowsNothing_WhatIsSaidIsShownAsNotSteering()
    {
        string[] shown =
        [
            Follow(0, First, First),
            Hold(1, LadderReason.EmergencyStop, First),
            Hold(2, LadderReason.EmergencyStop, Second),
            Hold(3, LadderReason.NoTrajectory, Second),
            Follow(4, Second, Second),
        ];
        Assert.That(shown, Is.EqualTo(["1 Verified from 0", "1 Unspecified from 0", "2 Unspecified from 2", "", "2 Verified from 4"]));
    }

    private string Follow(long tick, ReasoningPhrase steering, ReasoningPhrase said, PhraseState state = PhraseState.Verified) =>
        Words(_steering.Next(Sample.Command(tick) with { PhraseId = steering.Id, PhraseState = state }, steering, said));

    private string Hold(long tick, LadderReason reason, ReasoningPhrase? said) =>
        Words(_steering.Next(Sample.Command(tick, LadderState.Hold, reason) with { PhraseState = PhraseState.None }, null, said));

    private static string Words(Wire.Phrase? phrase) => phrase is null ? "" : $"{phrase.PhraseId} {phrase.Freshness} from {phrase.SinceTick}";
}
