using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>How long the scripted expert takes for an episode: what a policy's time is compared with.</summary>
public static class ExpertTime
{
    /// <summary>Plays the expert through the same arm. Unit: s; null where it does not succeed.</summary>
    public static double? Of(Episode episode, EmbodimentProfile profile)
    {
        var period = 1 / profile.ControlRateHz;
        var world = new SimulatedWorld(profile, episode.Scene.Clone(), episode.StartJoints(profile));
        var controller = new ExpertController(profile);
        var attempt = new EpisodeAttempt(episode, profile.ControlRateHz);
        while (attempt.Judge(world.Scene, ticks: 1) == EpisodeOutcome.Unfinished) world.Step(controller.Command(world, episode.Goal), period);
        return attempt.Outcome == EpisodeOutcome.Success ? attempt.Ticks * period : null;
    }
}
