namespace DiVLA.Control.RealTime;

/// <summary>Where the loop puts its commands.</summary>
public interface ICommandEgress
{
    /// <summary>Takes over one command. Called by the loop thread once a served tick; never blocks, allocates or throws.</summary>
    void PostFromLoop(in TickCommand command);
}
