using System.Diagnostics;
using System.Text.Json;
using DiVLA.Control.Cli;
using DiVLA.Control.TestSupport;

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
        var (told, tick) = await TellAndBeKilledAsync();
        using var again = await ServiceProcess.StartAsync(_folder);
        var remembered = await Divla.RunAsync("reasoning", "why", "survivor", "--tick", $"{tick}", "--server", again.Address, "--json");
        var history = await Divla.RunAsync("reasoning", "history", "survivor", "--server", again.Address);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((told.ExitCode, remembered.ExitCode), Is.EqualTo((ExitCode.Success, ExitCode.Success)), told.Error + remembered.Error);
            Assert.That(remembered.LastJson.ToString(), Is.EqualTo(told.LastJson.ToString()));
            Assert.That(history.Out, Does.Contain("survivor: #"));
        }
    }

    private async Task<(Divla Told, ulong Tick)> TellAndBeKilledAsync()
    {
        using var service = await ServiceProcess.StartAsync(_folder);
        await using var robot = await RobotAtWork.StartAsync(service.Address, "survivor");
        var tick = await robot.SteeredTickAsync();
        return (await Divla.RunAsync("reasoning", "why", "survivor", "--tick", $"{tick}", "--server", service.Address, "--json"), tick);
    }

    private sealed class ServiceProcess : IDisposable
    {
        private readonly Process _process;

        private ServiceProcess(DirectoryInfo folder)
        {
            var tests = Path.Combine(AppContext.BaseDirectory, "DiVLA.Control.EndToEnd.Tests");
            string[] arguments =
            [
                "exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", Path.Combine(AppContext.BaseDirectory, "divla.dll"),
                "serve", "--bundle", Checkout.DefaultBundle, "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", "--json",
                "--records", Path.Combine(folder.FullName, "reasoning.db"), "--audit-log", "none",
            ];
            _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        }

        public string Address { get; private set; } = "";

        public static async Task<ServiceProcess> StartAsync(DirectoryInfo folder)
        {
            var service = new ServiceProcess(folder);
            var line = await service._process.StandardOutput.ReadLineAsync() ?? throw new AssertionException("The service ended before it said where it listens.");
            service.Address = JsonDocument.Parse(line).RootElement.GetProperty("grpc").GetString()!;
            return service;
        }

        // SIGKILL: the process gets no chance to write anything.
        public void Dispose()
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
