namespace DiVLA.Control.Robot.Tests;

[TestFixture]
internal sealed class EmbodimentContractTests
{
    private static readonly EmbodimentContract Contract = new()
    {
        Embodiment = "panda",
        JointNames = ["a", "b"],
        PositionLowerRad = [-1, -2],
        PositionUpperRad = [1, 0.1],
        VelocityLimitRadPerS = [2, 3],
        AccelerationLimitRadPerS2 = [4, 5],
        JerkLimitRadPerS3 = [6, 7],
        GripperOpenWidthM = 0.08,
        GripperClosedWidthM = 0,
        ControlRateHz = 82,
        Cameras = [new ContractCamera("front", 64, 48)],
        StateId = "state/v1",
        LatentId = "latent/v1",
    };

    private static IEnumerable<TestCaseData> Changes()
    {
        yield return Change(Contract with { Embodiment = "fr3" }, "embodiment");
        yield return Change(Contract with { JointNames = ["b", "a"] }, "joint_names[0]", "joint_names[1]");
        yield return Change(Contract with { PositionLowerRad = [-1, -2.000001] }, "position_lower_rad[1]");
        yield return Change(Contract with { PositionUpperRad = [1, 0.2] }, "position_upper_rad[1]");
        yield return Change(Contract with { VelocityLimitRadPerS = [2] }, "velocity_limit_rad_per_s[1]");
        yield return Change(Contract with { AccelerationLimitRadPerS2 = [4.5, 5] }, "acceleration_limit_rad_per_s2[0]");
        yield return Change(Contract with { JerkLimitRadPerS3 = [6, 7, 8] }, "jerk_limit_rad_per_s3[2]");
        yield return Change(Contract with { GripperOpenWidthM = 0.1 }, "gripper_open_width_m");
        yield return Change(Contract with { GripperClosedWidthM = 0.01 }, "gripper_closed_width_m");
        yield return Change(Contract with { ControlRateHz = 100 }, "control_rate_hz");
        yield return Change(Contract with { Cameras = [new ContractCamera("front", 48, 64)] }, "cameras[0]");
        yield return Change(Contract with { StateId = "state/v2" }, "state_id");
        yield return Change(Contract with { LatentId = "latent/v2" }, "latent_id");
    }

    [TestCaseSource(nameof(Changes))]
    public void Field_Differs_ChangesTheHashAndIsNamed(EmbodimentContract other, string[] fields)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.Sha256(), Is.Not.EqualTo(Contract.Sha256()));
            Assert.That(Contract.DifferencesFrom(other).Select(difference => difference.Field), Is.EqualTo(fields));
        }
    }

    [Test]
    public void Fields_Agree_HashesAgreeAndNothingDiffers()
    {
        var same = Contract with { JointNames = ["a", "b"], Cameras = [new ContractCamera("front", 64, 48)] };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(same.Sha256(), Is.EqualTo(Contract.Sha256()));
            Assert.That(Contract.DifferencesFrom(same), Is.Empty);
        }
    }

    [Test]
    public void Difference_NamesBothValues()
    {
        var difference = Contract.DifferencesFrom(Contract with { ControlRateHz = 100 }).Single();
        Assert.That((difference.Own, difference.Other), Is.EqualTo(("82", "100")));
    }

    // A canonical form that changes by accident would refuse every robot in the field.
    [Test]
    public void Sha256_OfAKnownContract_StaysWhatItIs()
    {
        Assert.That(Contract.Sha256(), Is.EqualTo("2c63aea323d142ce35a69f81ba13c913058f81185a937c101e90bb5aa89dc945"), Contract.CanonicalForm());
    }

    [Test]
    public void Name_HoldsALineBreak_CannotPassForAnotherField()
    {
        var honest = Contract with { StateId = "x", LatentId = "y" };
        var forged = Contract with { StateId = "x\nlatent_id=y", LatentId = "y" };
        Assert.That(forged.CanonicalForm().Split('\n'), Has.Length.EqualTo(honest.CanonicalForm().Split('\n').Length));
    }

    private static TestCaseData Change(EmbodimentContract other, params string[] fields) => new TestCaseData(other, fields).SetArgDisplayNames(fields[0]);
}
