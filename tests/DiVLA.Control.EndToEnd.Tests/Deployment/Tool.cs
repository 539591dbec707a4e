using System.ComponentModel;
using System.Diagnostics;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>A program of the machine that checks what is deployed.</summary>
internal static class Tool
{
    /// <summary>Runs it in the repository's root and returns its exit code with all that it wrote. Where it is not installed the test is skipped; .ci/run installs it.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Checkout.Root };
        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await error);
        }
        catch (Win32Exception)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true") throw;
            throw new IgnoreException($"{program} is not installed");
        }
    }
}
