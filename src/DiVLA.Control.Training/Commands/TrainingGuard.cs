using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Training.Commands;

/// <summary>The one place where an error of a training becomes words and an exit code.</summary>
internal static class TrainingGuard
{
    /// <summary>Runs a command's work.</summary>
    public static int Run(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted.");
            return ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            var exitCode = ExitCodeFor(error);
            Console.Error.WriteLine(exitCode == ExitCode.Defect ? error.ToString() : error.Message);
            return exitCode;
        }
    }

    private static int ExitCodeFor(Exception error) => error switch
    {
        DatasetRejectedException => ExitCode.Failed,
        FfmpegException or IOException or UnauthorizedAccessException => ExitCode.Unavailable,
        InvalidDataException => ExitCode.Usage,
        _ => ExitCode.Defect,
    };
}
