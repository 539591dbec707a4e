using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests;

[TestFixture]
internal sealed class DiffusionVlaPolicyTests
{
    [Test]
    public void Infer_WithAPhrase_GivesATrajectory()
    {
        using var run = Ready();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.Ok));
            Assert.That(run.Trajectory.Outcome, Is.EqualTo(PolicyOutcome.Ok));
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
            Assert.That(run.Trajectory.Phrase, Is.SameAs(run.Policy.CurrentPhrase));
            Assert.That(run.Trajectory.ObservationSequence, Is.EqualTo(2));
            Assert.That(run.Samples(), Has.None.NaN.And.Not.All.Zero);
        }
    }

    [Test]
    public void Infer_AfterWarmUp_AllocatesNothing()
    {
        using var run = Ready();
        var observation = run.Last;
        for (var tick = 0; tick < 100; tick++) InferAt(run, 2 + tick, observation);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var tick = 0; tick < 100; tick++) InferAt(run, 102 + tick, observation);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Trajectory.Outcome, Is.EqualTo(PolicyOutcome.Ok));
            Assert.That(allocated, Is.Zero);
        }
    }

    [Test]
    public void Infer_HandingADraftOver_AllocatesNothingOnThePolicyThread()
    {
        using var run = Ready();
        var cameras = SharedBundles.Loaded.Manifest.Cameras;
        var pictures = Enumerable.Range(0, 64).Select(seed => Array.ConvertAll(cameras, camera => Scene.RandomFrame(camera, seed))).ToArray();
        var pending = 0;
        long allocated = 0;
        for (var tick = 0; tick < 2 * pictures.Length; tick++)
        {
            var observation = new Observation
            {
                Sequence = (ulong)tick + 2,
                CapturedAt = run.Trajectory.ObservedAt + 1,
                Frames = pictures[tick % pictures.Length],
                State = run.Scene.State,
            };
            var before = GC.GetAllocatedBytesForCurrentThread();
            run.Policy.InferFromPolicyThread(observation, run.Trajectory);
            if (tick >= pictures.Length) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            if (run.Trajectory.PhraseState == PhraseState.Pending) pending++;
            run.Policy.WaitForPhrase();
        }
        Assert.That(pending, Is.Positive, "the pictures call for different phrases");
        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void Infer_SameSeedSameInputs_GivesTheSameBits()
    {
        using var first = Ready(noiseSeed: 42);
        using var second = Ready(noiseSeed: 42);
        first.Infer();
        second.Infer();
        Assert.That(first.Samples(), Is.EqualTo(second.Samples()));
    }

    [Test]
    public void Infer_OtherSeed_GivesAnotherTrajectory()
    {
        using var first = Ready(noiseSeed: 42);
        using var second = Ready(noiseSeed: 43);
        first.Infer();
        second.Infer();
        Assert.That(first.Samples(), Is.Not.EqualTo(second.Samples()));
    }

    [Test]
    public void Infer_NoiseOncePerSession_RepeatsForTheSameObservation()
    {
        using var run = Ready();
        run.Infer();
        var first = run.Samples();
        run.Infer();
        Assert.That(run.Samples(), Is.EqualTo(first));
    }

    [Test]
    public void Infer_NoiseOncePerInference_DiffersForTheSameObservation()
    {
        using var bundle = PolicyBundle.Load(SharedBundles.Directory, SharedBundles.Lenient with { Noise = NoiseDraw.OncePerInference });
        using var run = Ready(bundle);
        run.Infer();
        var first = run.Samples();
        run.Infer();
        Assert.That(run.Samples(), Is.Not.EqualTo(first));
    }

    [Test]
    public void Infer_TwoSessionsAtOnce_DoNotDisturbEachOther()
    {
        using var alone = Ready(sceneSeed: 5);
        alone.Infer();
        var expected = alone.Samples();

        using var first = Ready(sceneSeed: 5);
        using var second = Ready(sceneSeed: 6);
        var disturbing = Task.Run(() =>
        {
            for (var tick = 0; tick < 30; tick++) second.Infer();
        });
        for (var tick = 0; tick < 30; tick++)
        {
            first.Infer();
            Assert.That(first.Samples(), Is.EqualTo(expected));
        }
        disturbing.Wait();
    }

    [Test]
    public void Infer_NewerObservation_TimesSamplesFromItsCapture()
    {
        using var run = Ready();
        run.Infer();
        var captured = run.Trajectory.ObservedAt.Nanoseconds;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(captured, Is.EqualTo(MonotonicTime.Now(run.Clock).Nanoseconds));
            Assert.That(run.Trajectory.TimeOf(0).Nanoseconds - captured, Is.EqualTo(48_780_488));
            Assert.That(run.Trajectory.TimeOf(15).Nanoseconds - captured, Is.EqualTo(780_487_805));
        }
    }

    [Test]
    public void Infer_UnknownCamera_IsRefusedBeforeAnyGraphRuns()
    {
        using var run = Ready();
        run.Scene.Frames[1] = run.Scene.Frames[1] with { Camera = "back" };
        var outcome = run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.RejectedFrame));
            Assert.That(run.Trajectory.Fault.Stage, Is.EqualTo(PolicyStage.Decode));
            Assert.That(run.Trajectory.Fault.Frame, Is.EqualTo(new FrameReport(FrameOutcome.UnknownCamera, "back")));
            Assert.That(run.Trajectory.Fault.Describe(), Does.Contain("back"));
            Assert.That(run.Trajectory.StageTimes.BackboneNs, Is.Zero);
        }
    }

    [Test]
    public void Infer_ObservationOlderThanTheLimit_IsRefused()
    {
        using var run = Ready();
        var observation = run.Scene.Observe(9, MonotonicTime.Now(run.Clock) + 1);
        run.Clock.Advance(TimeSpan.FromMilliseconds(501));
        var outcome = run.Policy.InferFromPolicyThread(observation, run.Trajectory);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.RejectedFrame));
            Assert.That(run.Trajectory.Fault.Frame.Outcome, Is.EqualTo(FrameOutcome.Stale));
        }
    }

    [Test]
    public void Infer_SameTimeStampTwice_IsRefused()
    {
        using var run = Ready();
        var outcome = run.Policy.InferFromPolicyThread(run.Last, run.Trajectory);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.RejectedFrame));
            Assert.That(run.Trajectory.Fault.Frame.Outcome, Is.EqualTo(FrameOutcome.NotIncreasing));
        }
    }

    [Test]
    public void Infer_SixJointsForASevenJointArm_IsRefused()
    {
        using var run = Ready();
        run.Scene.State = run.Scene.StateAt(new double[6]);
        Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.RejectedState));
    }

    [Test]
    public void Infer_JointNotFinite_IsRefused()
    {
        using var run = Ready();
        var joints = run.Scene.State.Joints.AsSpan().ToArray();
        joints[3] = double.NaN;
        run.Scene.State = run.Scene.StateAt(joints);
        Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.RejectedState));
    }

    [Test]
    public void Infer_NumbersOverflowInTheBackbone_NamesTheStage()
    {
        using var run = Ready();
        run.Scene.State = run.Scene.State with { GripperWidth = double.MaxValue };
        var outcome = run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.NonFinite));
            Assert.That(run.Trajectory.Fault.Stage, Is.EqualTo(PolicyStage.Backbone));
        }
    }

    [Test]
    public void Infer_CommandedJointOutsideTheTrainedRange_IsRefused()
    {
        using var run = Ready();
        var mapping = run.Policy.Embodiment.Mapping!;
        var joints = run.Scene.State.Joints.AsSpan().ToArray();
        joints[2] = mapping.TrainedUpperRad[2] + 0.11;
        run.Scene.State = run.Scene.StateAt(joints);
        var outcome = run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.OutsideTrainedRange));
            Assert.That(run.Trajectory.Fault.Range.Quantity, Is.EqualTo(RangedQuantity.CommandedJoint));
            Assert.That(run.Trajectory.Fault.Range.Index, Is.EqualTo(2));
        }
    }

    [Test]
    public void Infer_RandomMapUnderTheDefaultTolerances_FailsTheKinematicsCheck()
    {
        var options = SharedBundles.Lenient with { Embodiment = new EmbodimentCheckOptions { LatentMargin = 10 } };
        using var bundle = PolicyBundle.Load(SharedBundles.Directory, options);
        using var run = Ready(bundle);
        var outcome = run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.FailedKinematicsCheck));
            Assert.That(run.Trajectory.Fault.Kinematics.Use, Is.GreaterThan(1));
            Assert.That(run.Trajectory.Fault.Kinematics.Wanted, Is.Not.EqualTo(run.Trajectory.Fault.Kinematics.Decoded));
        }
    }

    [Test]
    public void StageTimes_OfAnInference_AreTakenBetweenTheStages()
    {
        using var run = Ready();
        run.Clock.AutoAdvanceAmount = TimeSpan.FromMicroseconds(1);
        run.Infer();
        var times = run.Trajectory.StageTimes;
        using (Assert.EnterMultipleScope())
        {
            // One reading of the clock a step; Decode reads it once more, for the age of the observation.
            Assert.That(times.DecodeNs, Is.EqualTo(2000));
            Assert.That(times.BackboneNs, Is.EqualTo(1000));
            Assert.That(times[PolicyStage.Embodiment], Is.EqualTo(2000));
            Assert.That(times.TotalNs, Is.EqualTo(8000));
        }
    }

    [Test]
    public void Stages_InTheEnum_StandInTheDesignsOrder()
    {
        Assert.That(Enum.GetNames<PolicyStage>(), Is.EqualTo(new[] { "Decode", "Backbone", "Reasoning", "Film", "Diffusion", "Embodiment" }));
    }

    [Test]
    public void Dispose_OfTheBundleFirst_LeavesItsPoliciesRunning()
    {
        var bundle = PolicyBundle.Load(SharedBundles.Directory, SharedBundles.Lenient);
        using var run = Ready(bundle);
        bundle.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.Ok));
            Assert.That(() => bundle.CreatePolicy("panda", 0, run.Clock).Dispose(), Throws.Nothing, "still held by the policy");
        }
    }

    [Test]
    public void CreatePolicy_AfterTheLastUserLetGo_Throws()
    {
        var bundle = PolicyBundle.Load(SharedBundles.Directory, SharedBundles.Lenient);
        bundle.Dispose();
        Assert.That(() => bundle.CreatePolicy("panda", 0, TimeProvider.System), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void CreatePolicy_UnknownEmbodiment_Throws()
    {
        Assert.That(() => SharedBundles.Loaded.CreatePolicy("iiwa", 0, TimeProvider.System), Throws.ArgumentException.With.Message.Contains("panda"));
    }

    private static PolicyRun Ready(ulong noiseSeed = 1, int sceneSeed = 1) => Ready(SharedBundles.Loaded, noiseSeed, sceneSeed);

    private static PolicyRun Ready(PolicyBundle bundle, ulong noiseSeed = 1, int sceneSeed = 1)
    {
        var run = new PolicyRun(bundle, noiseSeed, sceneSeed);
        run.InferAndSettle();
        return run;
    }

    private static void InferAt(PolicyRun run, int tick, in Observation scene)
    {
        var observation = new Observation
        {
            Sequence = (ulong)tick,
            CapturedAt = scene.CapturedAt + tick,
            Frames = scene.Frames,
            State = scene.State,
        };
        run.Policy.InferFromPolicyThread(observation, run.Trajectory);
    }
}
