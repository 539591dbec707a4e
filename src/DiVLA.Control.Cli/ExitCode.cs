namespace DiVLA.Control.Cli;

/// <summary>What the process ends with. Scripts read these numbers: they do not change.</summary>
internal static class ExitCode
{
    /// <summary>Done, and the answer is good. Also where Ctrl-C ended something that runs until then: `demo`, `serve`, `watch`, `reasoning watch`.</summary>
    public const int Success = 0;

    /// <summary>Done, and the answer is bad: the bundle has faults, the service refused, there is no such session, a stop takes longer than it may.</summary>
    public const int Failed = 1;

    /// <summary>The arguments make no sense.</summary>
    public const int Usage = 2;

    /// <summary>Something that is needed is not there: the service, the bundle, a port, an execution provider.</summary>
    public const int Unavailable = 3;

    /// <summary>A defect of ours. The error output has what to report.</summary>
    public const int Defect = 4;

    /// <summary>Ctrl-C cut off something whose result would have been complete only at its end: `eval`, `bench`, `model`, `train`, `demo` before its session was open.</summary>
    public const int Interrupted = 130;
}
