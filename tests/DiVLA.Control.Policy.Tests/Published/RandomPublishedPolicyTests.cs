using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;
using DiVLA.Control.TestSupport.Published;

namespace DiVLA.Control.Policy.Tests.Published;

/// <summary>Published checkpoints of other shapes than the golden one: they build, verify and run.</summary>
internal sealed class RandomPublishedPolicyTests
{
    private static IEnumerable<TestCaseData> Shapes()
    {
        yield return new TestCaseData(Change(config => { }), 1, SafetensorsDtype.F32, TensorDtype.F32).SetArgDisplayNames("one file");
        yield return new TestCaseData(Change(Untied), 2, SafetensorsDtype.F32, TensorDtype.F32).SetArgDisplayNames("untied, two shards");
        yield return new TestCaseData(Change(Other), 3, SafetensorsDtype.F32, TensorDtype.F32).SetArgDisplayNames("other sizes, two arms");
        yield return new TestCaseData(Change(Other), 2, SafetensorsDtype.BF16, TensorDtype.F32).SetArgDisplayNames("bf16 widened");
        yield return new TestCaseData(Change(Other), 2, SafetensorsDtype.BF16, TensorDtype.F16).SetArgDisplayNames("bf16 to fp16");
        yield return new TestCaseData(Change(ScaleDp), 2, SafetensorsDtype.F16, TensorDtype.F16).SetArgDisplayNames("ScaleDP, fp16 where it lies");
    }

    [TestCaseSource(nameof(Shapes))]
    public void Checkpoint_OfAnyShape_BuildsVerifiesAndRuns(Action<JsonNode> change, int shards, SafetensorsDtype stored, TensorDtype precision)
    {
        var root = Directory.CreateTempSubdirectory("divla-published-");
        var (checkpoint, bundle, arm) = (Path.Combine(root.FullName, "checkpoint"), Path.Combine(root.FullName, "bundle"), Path.Combine(root.FullName, "arm.json"));
        RandomPublishedCheckpoint.Write(checkpoint, change, seed: 5, shards, stored);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, "config.json")))!;
        File.WriteAllText(arm, Describe((int)config["policy_head_config"]!["input_dim"]! - 1).ToJsonString());

        var options = new PublishedOptions { EmbodimentFile = arm, Precision = precision, PhraseTokens = 6 };
        var built = BundleBuilder.Build(new BuildRequest(checkpoint, bundle) { Published = options });
        Assert.That(built.Manifest.Precision, Is.EqualTo(precision));
        Assert.That(PolicyBundle.Verify(bundle, new PolicyOptions()), Is.Empty);
        Infer(bundle);
        root.Delete(recursive: true);
    }

    private static void Infer(string directory)
    {
        using var bundle = PolicyBundle.Load(directory, new PolicyOptions { RehearsalInferences = 0, MaxObservationAge = TimeSpan.FromMinutes(10) });
        using var policy = bundle.CreatePolicy("random", noiseSeed: 3, TimeProvider.System);
        Assert.That(policy.SetInstruction("put the red cube in the left bin").Outcome, Is.EqualTo(InstructionOutcome.Accepted));
        var trajectory = policy.CreateTrajectory();
        // Random weights may end a phrase at once, which leaves nothing to act on.
        for (var sequence = 1UL; sequence <= 2; sequence++)
        {
            policy.InferFromPolicyThread(Observe(bundle, sequence), trajectory);
            policy.WaitForPhrase();
        }
        Assert.That(trajectory.Outcome, Is.AnyOf(PolicyOutcome.Ok, PolicyOutcome.AwaitingPhrase), trajectory.Fault.Describe());
        if (trajectory.Outcome == PolicyOutcome.Ok)
            foreach (var sample in Enumerable.Range(0, trajectory.Horizon)) Assert.That(trajectory[sample].Joints.IsFinite());
    }

    private static Observation Observe(PolicyBundle bundle, ulong sequence)
    {
        var joints = new JointPositions(bundle.Embodiments["random"].RestRad);
        return new Observation
        {
            Sequence = sequence,
            CapturedAt = MonotonicTime.Now(TimeProvider.System),
            Frames = Array.ConvertAll(
                bundle.Manifest.Cameras, camera => new CameraFrame(camera.Name, FrameEncoding.Rgb8, camera.Width, camera.Height, new byte[camera.Width * camera.Height * 3])),
            State = new RobotState(joints, new JointVelocities(new double[joints.Count]), joints, 0.01, IsHolding: false),
        };
    }

    private static JsonObject Describe(int joints)
    {
        JsonArray Each(double value) => new([.. Enumerable.Repeat(value, joints).Select(number => JsonValue.Create(number))]);
        return new JsonObject
        {
            ["name"] = "random",
            ["make"] = "none",
            ["model"] = "none",
            ["joint_names"] = new JsonArray([.. Enumerable.Range(0, joints).Select(joint => JsonValue.Create($"j{joint}"))]),
            ["position_lower_rad"] = Each(-3),
            ["position_upper_rad"] = Each(3),
            ["velocity_limit_rad_per_s"] = Each(2),
            ["acceleration_limit_rad_per_s2"] = Each(10),
            ["jerk_limit_rad_per_s3"] = Each(5000),
            ["control_rate_hz"] = 82,
            ["hold"] = "decelerate_and_keep_position",
            ["rest_rad"] = Each(0),
            ["gripper"] = new JsonObject { ["open_width_m"] = 0.07, ["closed_width_m"] = 0, ["speed_m_per_s"] = 0.2, ["holding_rule"] = "never" },
            ["cameras"] = new JsonArray(Camera("top", 64, 48), Camera("left", 80, 80), Camera("right", 64, 48)),
        };

        static JsonObject Camera(string name, int width, int height) => new() { ["name"] = name, ["width"] = width, ["height"] = height };
    }

    private static Action<JsonNode> Change(Action<JsonNode> change) => change;

    private static void Untied(JsonNode config) => config["tie_word_embeddings"] = false;

    // Two arms of six joints with a gripper each: the second gripper is driven as a joint.
    private static void Other(JsonNode config)
    {
        Untied(config);
        (config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"]) = (96, 6, 2);
        (config["num_hidden_layers"], config["intermediate_size"], config["vocab_size"]) = (2, 112, 500);
        config["rope_scaling"]!["mrope_section"] = new JsonArray(4, 2, 2);
        var vision = config["vision_config"]!;
        (vision["depth"], vision["embed_dim"], vision["hidden_size"], vision["num_heads"], vision["mlp_ratio"]) = (2, 48, 96, 3, 2);
        var head = config["policy_head_config"]!;
        (head["input_dim"], head["state_dim"], head["global_cond_dim"], head["prediction_horizon"]) = (14, 14, 96, 8);
    }

    private static void ScaleDp(JsonNode config)
    {
        config["policy_head_type"] = "scale_dp_policy";
        config["policy_head_config"] = new JsonObject
        {
            ["input_dim"] = 8, ["state_dim"] = 7, ["prediction_horizon"] = 12, ["cond_dim"] = 64, ["depth"] = 2, ["n_emb"] = 48, ["num_heads"] = 4,
            ["mlp_ratio"] = 2.0, ["time_as_cond"] = true, ["obs_as_cond"] = true, ["learn_sigma"] = false, ["is_tinyvla"] = false,
            ["num_inference_timesteps"] = 5, ["num_train_timesteps"] = 100,
        };
    }
}
