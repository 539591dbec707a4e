namespace DiVLA.Control.Robot.Tests;

internal sealed class JointPositionsTests
{
    [Test]
    public void Copy_Changed_LeavesTheOriginal()
    {
        var original = new JointPositions([1, 2, 3]);
        var copy = original;
        copy[1] = 9;
        Assert.That(original.AsSpan().ToArray(), Is.EqualTo(new double[] { 1, 2, 3 }));
    }

    [TestCase(double.NaN, false)]
    [TestCase(double.NegativeInfinity, false)]
    [TestCase(0.5, true)]
    public void IsFinite_OneJointOfMany_DecidesForAll(double angle, bool expected) =>
        Assert.That(new JointPositions([0, angle, 0]).IsFinite(), Is.EqualTo(expected));

    [Test]
    public void Constructor_MoreJointsThanFit_IsRefused() =>
        Assert.That(() => new JointPositions(new double[17]), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
