using System.Diagnostics;

namespace DiVLA.Control.Datasets.Tests.Support;

/// <summary>ffmpeg as anybody would run it, to compare with.</summary>
internal static class Program
{
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors);
    }
}
