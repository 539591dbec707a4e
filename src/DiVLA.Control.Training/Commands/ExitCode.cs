namespace DiVLA.Control.Training.Commands;

/// <summary>What the process ends with: the numbers of `divla`, which passes them on.</summary>
internal static class ExitCode
{
    /// <summary>Trained.</summary>
    public const int Success = 0;

    /// <summary>The answer is bad: a dataset cannot be used, an embodiment misses the acceptance.</summary>
    public const int Failed = 1;

    /// <summary>The arguments, or a file that they name, make no sense.</summary>
    public const int Usage = 2;

    /// <summary>Something that is needed is not there: ffmpeg, a folder that can be written.</summary>
    public const int Unavailable = 3;

    /// <summary>A defect of ours. The error output has what to report.</summary>
    public const int Defect = 4;

    /// <summary>Ctrl-C cut it off.</summary>
    public const int Interrupted = 130;
}
