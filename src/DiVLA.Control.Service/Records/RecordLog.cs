namespace DiVLA.Control.Service.Records;

/// <summary>The log lines of the record.</summary>
internal sealed partial class RecordLog(ILogger logger)
{
    /// <param name="file">The database.</param>
    /// <param name="setAside">Where the file was moved to; null where it is where it was.</param>
    /// <param name="error">What is wrong.</param>
    public void Failed(string file, string? setAside, Exception error)
    {
        if (setAside is null) Failed(logger, file, error.Message);
        else SetAside(logger, file, error.Message, setAside);
    }

    /// <param name="file">The database.</param>
    /// <param name="lost">What was lost since the start.</param>
    public void Recovered(string file, long lost) => Recovered(logger, file, lost);

    [LoggerMessage(200, LogLevel.Error, "The record of the reasoning cannot be written to {File}: {Fault}. It is tried again every second; arms are driven as ever")]
    private static partial void Failed(ILogger logger, string file, string fault);

    [LoggerMessage(201, LogLevel.Error, "The record of the reasoning in {File} is broken: {Fault}. It was set aside as {SetAside}, and another one is begun")]
    private static partial void SetAside(ILogger logger, string file, string fault, string setAside);

    [LoggerMessage(202, LogLevel.Warning, "The record of the reasoning is written to {File} again; {Lost} ticks, pins and sessions were lost since the start")]
    private static partial void Recovered(ILogger logger, string file, long lost);
}
