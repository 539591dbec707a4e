using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Rpc;
using Grpc.Core;

namespace DiVLA.Control.Service.Tests.Rpc;

/// <summary>Every word of ours has exactly one on the wire.</summary>
[TestFixture]
internal sealed class WireTests
{
    [Test]
    public void LadderStates_AllHaveTheirOwnWord()
    {
        Assert.That(Enum.GetValues<LadderState>().Select(WireLadder.ToWire), Is.Unique.And.All.Not.EqualTo(Wire.LadderState.Unspecified));
    }

    [Test]
    public void LadderReasons_AllHaveTheirOwnWord()
    {
        Assert.That(Enum.GetValues<LadderReason>().Select(WireLadder.ToWire), Is.Unique.And.All.Not.EqualTo(Wire.LadderReason.Unspecified));
    }

    [Test]
    public void FrameOutcomes_AllHaveAWord()
    {
        var faults = Enum.GetValues<FrameOutcome>().Where(outcome => outcome != FrameOutcome.Ok);
        Assert.That(faults.Select(WireFrames.ToWire), Is.All.Not.EqualTo(Wire.ObservationRefusal.Unspecified));
    }

    [Test]
    public void SessionRefusals_AllHaveAStatusThatIsNotOurFault()
    {
        var codes = Enum.GetValues<Wire.SessionRefusal>().Where(refusal => refusal != Wire.SessionRefusal.Unspecified)
            .Select(refusal => StatusTable.Of(new Wire.SessionRefused { Refusal = refusal }).StatusCode);
        Assert.That(codes, Is.All.Not.EqualTo(StatusCode.Internal).And.All.Not.EqualTo(StatusCode.OK));
    }

    [Test]
    public void PinOutcomes_AllHaveTheirOwnWordAndAStatusThatIsNotOurFault()
    {
        var refusals = Enum.GetValues<PinOutcome>().Where(outcome => outcome != PinOutcome.Accepted).Select(WirePins.ToWire).ToArray();
        Assert.That(refusals, Is.Unique.And.All.Not.EqualTo(Wire.PinRefusal.Unspecified));
        Assert.That(refusals, Is.EquivalentTo(Enum.GetValues<Wire.PinRefusal>().Where(refusal => refusal != Wire.PinRefusal.Unspecified)));
        Assert.That(refusals.Select(refusal => StatusTable.Of(refusal, "").StatusCode), Is.All.Not.EqualTo(StatusCode.Internal));
    }

    [Test]
    public void PinnedObjects_AllHaveTheirOwnWord()
    {
        Assert.That(Enum.GetValues<PinnedObject>().Select(WirePins.ToWire), Is.Unique.And.All.Not.EqualTo(Wire.PinnedObject.Unspecified));
    }

    [Test]
    public void Text_OfStrangers_FitsOneLine()
    {
        Assert.That(Printable.Line("a\nb\u001b[31mc", 5), Is.EqualTo("a b [..."));
    }
}
