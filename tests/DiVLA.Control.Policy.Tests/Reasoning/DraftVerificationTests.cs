using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tests.Reasoning;

[TestFixture]
internal sealed class DraftVerificationTests
{
    private const int End = 1;

    // Places for four tokens, so five positions to compare.
    [TestCase(new long[] { 5, 6, End, 9, 9 }, new[] { 5, 6 }, true, 2, End, TestName = "Compare_WholeDraftAndItsEnd_IsVerified")]
    [TestCase(new long[] { 5, 6, 7, 9, 9 }, new[] { 5, 6 }, false, 2, 7, TestName = "Compare_ModelGoesOnAfterTheDraft_KeepsAllOfIt")]
    [TestCase(new long[] { 8, 6, End, 9, 9 }, new[] { 5, 6 }, false, 0, 8, TestName = "Compare_FirstTokenDiffers_KeepsNothing")]
    [TestCase(new long[] { 5, 8, End, 9, 9 }, new[] { 5, 6 }, false, 1, 8, TestName = "Compare_LaterTokenDiffers_KeepsWhatStandsBefore")]
    [TestCase(new long[] { 5, End, End, 9, 9 }, new[] { 5, 6 }, false, 1, End, TestName = "Compare_ModelEndsEarlier_KeepsWhatStandsBefore")]
    [TestCase(new long[] { 5, 6, 7, 8, End }, new[] { 5, 6, 7, 8 }, true, 4, End, TestName = "Compare_FullDraftThatEnds_IsVerified")]
    [TestCase(new long[] { 5, 6, 7, 8, 9 }, new[] { 5, 6, 7, 8 }, true, 4, 9, TestName = "Compare_FullDraftThatWouldGoOn_IsVerified")]
    [TestCase(new long[] { 5, 9, 9, 9, 9 }, new int[0], false, 0, 5, TestName = "Compare_NoDraft_SaysTheFirstToken")]
    [TestCase(new long[] { End, 9, 9, 9, 9 }, new int[0], true, 0, End, TestName = "Compare_NoDraftAndNothingToSay_IsVerified")]
    public void Compare(long[] argmax, int[] draft, bool isVerified, int kept, int next)
    {
        Assert.That(DraftVerification.Compare(argmax, draft, End, pin: null), Is.EqualTo(new DraftVerdict(isVerified, kept, next)));
    }

    // Behind a 5 the pin wants a 6.
    [TestCase(new long[] { 5, 9, End, 9, 9 }, new[] { 5, 6 }, true, 2, End, TestName = "Compare_ForcedToken_IsNoMismatch")]
    [TestCase(new long[] { 5, 9, End, 9, 9 }, new[] { 5, 9 }, false, 1, 6, TestName = "Compare_FreeTokenWhereOneIsForced_IsAMismatch")]
    [TestCase(new long[] { 5, End, 9, 9, 9 }, new[] { 5 }, false, 1, 6, TestName = "Compare_DraftEndsWhereATokenIsForced_IsNotWhole")]
    [TestCase(new long[] { 8, 9, End, 9, 9 }, new[] { 8, 9 }, true, 2, End, TestName = "Compare_PhraseThatNeverComesToTheSlot_StaysFree")]
    public void CompareUnderAPin(long[] argmax, int[] draft, bool isVerified, int kept, int next)
    {
        var pin = PinConstraint.OfSlots([], [new SlotFilling([5], [6])]);
        Assert.That(DraftVerification.Compare(argmax, draft, End, pin), Is.EqualTo(new DraftVerdict(isVerified, kept, next)));
    }
}
