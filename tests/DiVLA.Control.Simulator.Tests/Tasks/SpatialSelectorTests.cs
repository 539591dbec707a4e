using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tests.Tasks;

internal sealed class SpatialSelectorTests
{
    // The robot looks along +x, so +y is its left.
    private static readonly Scene _scene = new(
        [Item(ObjectShape.Cube, 0.42, 0.05), Item(ObjectShape.Cylinder, 0.50, 0.15), Item(ObjectShape.Cube, 0.58, -0.15)], Look.Sample(new SplitMix64(1)));

    [TestCase(SpatialRelation.Leftmost, null, 1)]
    [TestCase(SpatialRelation.Leftmost, ObjectShape.Cube, 0)]
    [TestCase(SpatialRelation.Rightmost, null, 2)]
    [TestCase(SpatialRelation.Nearest, null, 0)]
    [TestCase(SpatialRelation.Farthest, null, 2)]
    [TestCase(SpatialRelation.NearestToLeftBin, null, 1)]
    [TestCase(SpatialRelation.NearestToRightBin, ObjectShape.Cube, 2)]
    public void Select_PlainScene_PicksTheObjectThatStandsOut(SpatialRelation relation, ObjectShape? shape, int expected) =>
        Assert.That(new SpatialSelector(relation, shape).Select(_scene), Is.EqualTo(expected));

    [Test]
    public void Select_OnlyOneOfTheClass_PicksNothing() =>
        Assert.That(new SpatialSelector(SpatialRelation.Leftmost, ObjectShape.Cylinder).Select(_scene), Is.Null);

    [Test]
    public void Select_TwoAlmostLevel_PicksNothing()
    {
        var scene = new Scene([Item(ObjectShape.Cube, 0.42, 0.10), Item(ObjectShape.Cube, 0.55, 0.11)], Look.Sample(new SplitMix64(1)));
        Assert.That(new SpatialSelector(SpatialRelation.Leftmost, null).Select(scene), Is.Null);
    }

    private static TableObject Item(ObjectShape shape, double x, double y) => new(new ObjectKind(ObjectColour.Red, shape), new Vector3d(x, y, 0.022), 0);
}
