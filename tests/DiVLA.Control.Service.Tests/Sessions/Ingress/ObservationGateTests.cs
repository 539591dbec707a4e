using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Ingress;

[TestFixture]
internal sealed class ObservationGateTests
{
    private readonly ObservationGate _gate = new(Sample.Plan(), new SessionLimits { MaxObservationRateHz = 20 });

    private static IEnumerable<TestCaseData> Spoilt()
    {
        yield return Case(Wire.ObservationRefusal.SequenceNotRising, o => o.Sequence = 0);
        yield return Case(Wire.ObservationRefusal.FromTheFuture, o => o.CapturedNs = o.SentNs + 1);
        yield return Case(Wire.ObservationRefusal.UnknownCamera, o => o.Frames.Add(Sample.Frame("rear", Wire.ImageEncoding.Rgb8, 24)));
        yield return Case(Wire.ObservationRefusal.MissingCamera, o => o.Frames.RemoveAt(0));
        yield return Case(Wire.ObservationRefusal.CameraTwice, o => o.Frames.Add(o.Frames[0].Clone()));
        yield return Case(Wire.ObservationRefusal.WrongEncoding, o => o.Frames[0].Encoding = Wire.ImageEncoding.Png);
        yield return Case(Wire.ObservationRefusal.WrongFrameSize, o => o.Frames[0].WidthPx = 5);
        yield return Case(Wire.ObservationRefusal.WrongFrameSize, o => o.Frames[0].HeightPx = 5);
        yield return Case(Wire.ObservationRefusal.WrongFrameSize, o => o.Frames[0] = Sample.Frame("front", Wire.ImageEncoding.Rgb8, Sample.FrameBytes - 1));
        yield return Case(Wire.ObservationRefusal.FrameTooLarge, o => o.Frames[1] = Sample.Frame("wrist", Wire.ImageEncoding.Jpeg, 101));
        yield return Case(Wire.ObservationRefusal.WrongJointCount, o => o.State = null);
        yield return Case(Wire.ObservationRefusal.WrongJointCount, o => o.State.JointPositionsRad.RemoveAt(0));
        yield return Case(Wire.ObservationRefusal.WrongJointCount, o => o.State.CommandedJointsRad.Add(0));
        yield return Case(Wire.ObservationRefusal.WrongJointCount, o => o.State.JointVelocitiesRadPerS.Clear());
        yield return Case(Wire.ObservationRefusal.StateNotFinite, o => o.State.JointPositionsRad[3] = double.NaN);
        yield return Case(Wire.ObservationRefusal.StateNotFinite, o => o.State.JointVelocitiesRadPerS[0] = double.PositiveInfinity);
        yield return Case(Wire.ObservationRefusal.StateNotFinite, o => o.State.GripperWidthM = double.NaN);
        yield return Case(Wire.ObservationRefusal.StateOutOfRange, o => o.State.JointPositionsRad[0] = 45);
        yield return Case(Wire.ObservationRefusal.StateOutOfRange, o => o.State.GripperWidthM = 80);
    }

    [TestCaseSource(nameof(Spoilt))]
    public void Observation_IsSpoilt_IsRefusedForThat(Wire.ObservationRefusal expected, Action<Wire.Observation> spoil)
    {
        var observation = Sample.Observation();
        spoil(observation);
        var verdict = _gate.Check(observation, ageNs: 0, default);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(verdict.Refusal, Is.EqualTo(expected));
            Assert.That(verdict.Describe(), Is.Not.Empty.And.Not.EqualTo(expected.ToString()));
        }
    }

    [Test]
    public void Observation_IsWhole_IsAccepted()
    {
        Assert.That(_gate.Check(Sample.Observation(), 0, default).Refusal, Is.EqualTo(Wire.ObservationRefusal.Unspecified));
    }

    [Test]
    public void Sequence_Repeats_IsRefused()
    {
        _gate.Check(Sample.Observation(5), 0, default);
        Assert.That(_gate.Check(Sample.Observation(5), 0, default).Refusal, Is.EqualTo(Wire.ObservationRefusal.SequenceNotRising));
    }

    [TestCase(999, TestName = "Stamp_GoesBack_IsRefused")]
    [TestCase(1000, TestName = "Stamp_RepeatsUnderARisingSequence_IsRefused")]
    public void Stamp(long second)
    {
        _gate.Check(Sample.Observation(1, 1000), 0, default);
        var verdict = _gate.Check(Sample.Observation(2, second), 0, default);
        Assert.That((verdict.Refusal, verdict.Describe()), Is.EqualTo((Wire.ObservationRefusal.StampBackwards, $"captured at {second} ns, not after the observation before (1000 ns)")));
    }

    [Test]
    public void RefusedObservation_DoesNotCountAsTheOneBefore()
    {
        var spoilt = Sample.Observation(9, 9000);
        spoilt.State = null;
        _gate.Check(spoilt, 0, default);
        Assert.That(_gate.Check(Sample.Observation(1, 1000), 0, default).IsAccepted, Is.True);
    }

    [TestCase(250_000_000, ExpectedResult = true)]
    [TestCase(250_000_001, ExpectedResult = false)]
    public bool Age_IsLimited(long ageNs) => _gate.Check(Sample.Observation(), ageNs, default).IsAccepted;

    [Test]
    public void Rate_IsExceeded_IsRefusedUntilTimePasses()
    {
        var verdicts = Enumerable.Range(1, 6).Select(n => _gate.Check(Sample.Observation((ulong)n, n), 0, default).Refusal).ToArray();
        var later = _gate.Check(Sample.Observation(9, 9), 0, new MonotonicTime(50_000_000));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(verdicts[..5], Is.All.EqualTo(Wire.ObservationRefusal.Unspecified), "a quarter of a second's worth at once");
            Assert.That(verdicts[5], Is.EqualTo(Wire.ObservationRefusal.RateTooHigh));
            Assert.That(later.IsAccepted, Is.True);
        }
    }

    private static TestCaseData Case(Wire.ObservationRefusal expected, Action<Wire.Observation> spoil) => new(expected, spoil);
}
