using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tests.Tasks;

internal sealed class SortingRuleTests
{
    private static readonly Look _look = Look.Sample(new SplitMix64(1));

    private static Scene SceneOf(params (ObjectColour Colour, ObjectShape Shape, double X, double Y)[] objects) =>
        new(objects.Select(o => new TableObject(new ObjectKind(o.Colour, o.Shape), new Vector3d(o.X, o.Y, 0.02), 0)), _look);

    [TestCase(SortProperty.Warmth, Side.Left, Side.Left)]
    [TestCase(SortProperty.Warmth, Side.Right, Side.Right)]
    [TestCase(SortProperty.Shape, Side.Left, Side.Right)]
    public void Current_NearestWarmCylinder_GoesWhereTheRuleSays(SortProperty property, Side firstClass, Side expected)
    {
        var scene = SceneOf((ObjectColour.Blue, ObjectShape.Cube, 0.58, 0.1), (ObjectColour.Red, ObjectShape.Cylinder, 0.42, 0));
        Assert.That(new SortNext(property, firstClass).Current(scene), Is.EqualTo(new Assignment(1, expected)));
    }

    [Test]
    public void Current_HeldObject_ComesBeforeNearerOnes()
    {
        var scene = SceneOf((ObjectColour.Blue, ObjectShape.Cube, 0.58, 0.1), (ObjectColour.Red, ObjectShape.Cube, 0.42, 0));
        scene.Grasp(0);
        Assert.That(new SortNext(SortProperty.Warmth, Side.Left).Current(scene), Is.EqualTo(new Assignment(0, Side.Right)));
    }

    [Test]
    public void SortAll_OneOfTwoSorted_IsNotReachedAndGoesOnWithTheOther()
    {
        var scene = SceneOf((ObjectColour.Red, ObjectShape.Cube, 0.5, 0.33), (ObjectColour.Blue, ObjectShape.Cube, 0.5, 0));
        var goal = new SortAll(SortProperty.Warmth, Side.Left);
        Assert.Multiple(() =>
        {
            Assert.That(goal.IsReached(scene), Is.False);
            Assert.That(goal.Current(scene), Is.EqualTo(new Assignment(1, Side.Right)));
        });
        scene.Place(1, new Vector3d(0.5, -0.33, 0.02));
        Assert.Multiple(() =>
        {
            Assert.That(goal.IsReached(scene), Is.True);
            Assert.That(goal.Current(scene), Is.Null);
        });
    }

    [Test]
    public void IsReached_ObjectInTheWrongBin_IsNot()
    {
        var scene = SceneOf((ObjectColour.Blue, ObjectShape.Cube, 0.5, 0.33));
        Assert.Multiple(() =>
        {
            Assert.That(new SortNext(SortProperty.Warmth, Side.Left).IsReached(scene), Is.False);
            Assert.That(new SortNext(SortProperty.Warmth, Side.Right).IsReached(scene), Is.True);
        });
    }
}
