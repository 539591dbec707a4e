namespace DiVLA.Control.Robot.Tests;

internal sealed class RotationVectorTests
{
    private static readonly Vector3d[] _axes = [new(1, 0, 0), new(0, 1, 0), new(0, 0, 1), new(0.6, -0.64, 0.48), new(-0.8, 0.6, 0)];

    [Test]
    public void Between_TurnOfAnyAngle_GivesAxisTimesAngle(
        [ValueSource(nameof(_axes))] Vector3d axis, [Values(0, 1e-10, 1e-6, 0.3, 1.5, 3.0, 3.1415, Math.PI)] double angle)
    {
        var from = RigidTransform.RotationX(0.4) * RigidTransform.RotationZ(-1.1);
        var vector = RotationVector.Between(from, RotationVector.ToTransform(axis * angle) * from);
        var error = (vector - axis * angle).Length;
        var oppositeAtHalfTurn = angle > 3.14 ? (vector + axis * angle).Length : double.PositiveInfinity;
        Assert.That(Math.Min(error, oppositeAtHalfTurn), Is.LessThan(1e-6));
    }

    [Test]
    public void ToTransform_AnyVector_IsARotation([ValueSource(nameof(_axes))] Vector3d axis)
    {
        var turn = RotationVector.ToTransform(axis * 1.234);
        var product = turn * turn.Inverse();
        Assert.That(product.ToRows(), Is.EqualTo(RigidTransform.Identity.ToRows()).Within(1e-12));
    }
}
