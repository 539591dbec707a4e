namespace DiVLA.Control.Service.Sessions;

/// <summary>What those who watch a session are shown as it happens.</summary>
internal sealed class SessionBoards(int maxWatchers)
{
    /// <summary>The phrase that steers the arm.</summary>
    public LiveBoard<Wire.Phrase> Phrases { get; } = new(new Wire.Phrase(), maxWatchers);

    /// <summary>The rung that the arm is on.</summary>
    public LiveBoard<Wire.StateChange> States { get; } = new(new Wire.StateChange(), maxWatchers);

    /// <summary>Ends every watch after what it has not read yet.</summary>
    public void Close()
    {
        Phrases.Close();
        States.Close();
    }
}
