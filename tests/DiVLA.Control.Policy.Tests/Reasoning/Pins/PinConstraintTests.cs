using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tests.Reasoning.Pins;

[TestFixture]
internal sealed class PinConstraintTests
{
    private const int End = 1;
    private const int Free = 99;

    private static readonly PinConstraint Both = PinConstraint.OfSlots([5], [new SlotFilling([5], [6, 7]), new SlotFilling([8, 9], [10])]);

    [TestCase(new int[0], ExpectedResult = 5, TestName = "Choose_AtTheBeginning_ForcesTheOpening")]
    [TestCase(new[] { 5 }, ExpectedResult = 6, TestName = "Choose_BehindTheLead_ForcesTheFirstWord")]
    [TestCase(new[] { 5, 6 }, ExpectedResult = 7, TestName = "Choose_InTheSlot_ForcesTheNextWord")]
    [TestCase(new[] { 5, 6, 7 }, ExpectedResult = Free, TestName = "Choose_BehindTheSlot_IsFree")]
    [TestCase(new[] { 5, 6, 7, 8 }, ExpectedResult = Free, TestName = "Choose_HalfALead_IsFree")]
    [TestCase(new[] { 5, 6, 7, 8, 9 }, ExpectedResult = 10, TestName = "Choose_BehindALongLead_ForcesItsWord")]
    [TestCase(new[] { 5, 6, 7, 8, 9, 10, 8, 9 }, ExpectedResult = Free, TestName = "Choose_LeadForTheSecondTime_IsFree")]
    public int Choose(int[] said) => PinConstraint.Choose(Both, said, Free);

    [TestCase(new int[0], ExpectedResult = Free, TestName = "Choose_WithoutAnOpening_BeginsFree")]
    [TestCase(new[] { 4, 8, 9 }, ExpectedResult = 10, TestName = "Choose_LeadAnywhere_ForcesItsWord")]
    public int ChooseWithoutOpening(int[] said) =>
        PinConstraint.Choose(PinConstraint.OfSlots([], [new SlotFilling([8, 9], [10])]), said, Free);

    [TestCase(new int[0], ExpectedResult = 3)]
    [TestCase(new[] { 3 }, ExpectedResult = 4)]
    [TestCase(new[] { 3, 4 }, ExpectedResult = End)]
    public int Choose_Verbatim_ForcesEveryTokenAndTheEnd(int[] said) => PinConstraint.Choose(PinConstraint.OfPhrase([3, 4], End), said, Free);

    [Test]
    public void Choose_NoPin_IsFree()
    {
        Assert.That(PinConstraint.Choose(null, [5], Free), Is.EqualTo(Free));
    }
}
