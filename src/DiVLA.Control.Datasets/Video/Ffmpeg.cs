using System.Diagnostics;

namespace DiVLA.Control.Datasets.Video;

/// <summary>The system's `ffmpeg` and `ffprobe`, which encode and decode videos.</summary>
internal static class Ffmpeg
{
    private const string Fix = "Install it (Debian, Ubuntu: apt-get install ffmpeg) so that it is on PATH, or keep pictures in image columns.";

    /// <summary>Starts one of the two with its standard streams redirected.</summary>
    /// <exception cref="FfmpegException">It is not installed.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, bool writesInput = false)
    {
        var path = Require(program);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(path, arguments) { RedirectStandardInput = writesInput, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        // SVT-AV1 speaks for itself, past ffmpeg's own settings; 1: errors only.
        process.StartInfo.Environment["SVT_LOG"] = "1";
        process.Start();
        return process;
    }

    /// <summary>Path of one of the two.</summary>
    /// <exception cref="FfmpegException">It is not installed.</exception>
    public static string Require(string program) => Find(program) ?? throw new FfmpegException($"'{program}' is not installed, and videos need it. {Fix}");

    /// <summary>Runs one of the two to its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="FfmpegException">It is not installed, or it failed: the message has its own words.</exception>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        ThrowIfFailed(process, program, errors.GetAwaiter().GetResult());
        return output;
    }

    /// <exception cref="FfmpegException">The process failed.</exception>
    public static void ThrowIfFailed(Process process, string program, string errors)
    {
        if (process.ExitCode != 0) throw new FfmpegException($"{program} ended with exit code {process.ExitCode}: {errors.Trim()}");
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);
}

/// <summary>ffmpeg is missing or refused its work.</summary>
public sealed class FfmpegException(string message) : Exception(message);
