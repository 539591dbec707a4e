using System.Diagnostics;
using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>`divla serve` in a process of its own that is killed as nothing can be killed harder.</summary>
[TestFixture]
internal sealed class KilledServiceTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-killed-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    // What an answer has told of is on the disk: the last write is at most a quarter of a second old, and nothing of it is lost.
    [Test]
    public async Task Service_IsKilled_WhatItHadToldOfIsStillThere()
    {
        var (service, address) = await ServeAsync();
        await using var robot = await RobotAtWork.StartAsync(address, "survivor");
        var tick = await robot.SteeredTickAsync();
        var told = await Divla.RunAsync("reasoning", "why", "survivor", "--tick", $"{tick}", "--server", address, "--json");
        service.Kill(entireProcessTree: true);
        await service.WaitForExitAsync();
        service.Dispose();

        var (again, newAddress) = await ServeAsync();
        var remembered = await Divla.RunAsync("reasoning", "why", "survivor", "--tick", $"{tick}", "--server", newAddress, "--json");
        var history = await Divla.RunAsync("reasoning", "history", "survivor", "--server", newAddress);
        again.Kill(entireProcessTree: true);
        await again.WaitForExitAsync();
        again.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((told.ExitCode, remembered.ExitCode), Is.EqualTo((ExitCode.Success, ExitCode.Success)), told.Error + remembered.Error);
            Assert.That(remembered.LastJson.GetProperty("phrase").GetProperty("text").GetString(), Is.EqualTo(told.LastJson.GetProperty("phrase").GetProperty("text").GetString()));
            Assert.That(remembered.LastJson.GetProperty("joint_positions_rad").ToString(), Is.EqualTo(told.LastJson.GetProperty("joint_positions_rad").ToString()));
            Assert.That(history.Out, Does.Contain("survivor: #"));
        }
    }

    private async Task<(Process Service, string Address)> ServeAsync()
    {
        var tests = Path.Combine(AppContext.BaseDirectory, "DiVLA.Control.EndToEnd.Tests");
        string[] arguments =
        [
            "exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", Path.Combine(AppContext.BaseDirectory, "divla.dll"),
            "serve", "--bundle", RandomBundle.Directory, "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", "--json",
            "--records", Path.Combine(_folder.FullName, "reasoning.db"), "--audit-log", "none",
        ];
        var service = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var line = await service.StandardOutput.ReadLineAsync() ?? throw new AssertionException("The service ended before it said where it listens.");
        return (service, JsonDocument.Parse(line).RootElement.GetProperty("grpc").GetString()!);
    }
}
