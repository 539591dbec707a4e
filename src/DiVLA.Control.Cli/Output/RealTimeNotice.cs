namespace DiVLA.Control.Cli;

/// <summary>Says, once, which measures for punctuality the operating system refused. Any thread.</summary>
internal sealed class RealTimeNotice(Action<string> write)
{
    private readonly HashSet<string> _said = [];

    /// <summary>Takes note of what a session was refused, in words; nothing where it has all it asked for.</summary>
    public void Say(IEnumerable<string> denied)
    {
        lock (_said)
            foreach (var measure in denied)
                if (_said.Add(measure)) write($"Not permitted: {measure}. Commands may be late under load.");
    }
}
