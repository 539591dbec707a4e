using System.Diagnostics;
using System.Text.Json;
using DiVLA.Control.Cli;
using DiVLA.Control.Cli.Bench;
using DiVLA.Control.Robot;
using DiVLA.Control.TestSupport;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>`divla serve` in a process of its own that is killed as nothing can be killed harder.</summary>
[TestFixture]
internal sealed class KilledServiceTests
{
    // What docs/operators.md says is lost at most.
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);
    private const ulong WorkedTicks = 400;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-killed-");

    [TearDown]
    public void Delete()
    {
        foreach (var file in _folder.EnumerateFiles()) file.Delete();
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    // What an answer has told of is on the disk: the last write is at most a quarter of a second old, and nothing of it is lost.
    [Test]
    public async Task Service_IsKilled_WhatItHadToldOfIsStillThere()
    {
        var (told, tick) = await TellAndBeKilledAsync();
        using var again = await ServiceProcess.StartAsync(_folder, Checkout.DefaultBundle);
        var remembered = await Divla.RunAsync("reasoning", "why", "survivor", "--tick", $"{tick}", "--server", again.Address, "--json");
        var history = await Divla.RunAsync("reasoning", "history", "survivor", "--server", again.Address);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((told.ExitCode, remembered.ExitCode), Is.EqualTo((ExitCode.Success, ExitCode.Success)), told.Error + remembered.Error);
            Assert.That(remembered.LastJson.ToString(), Is.EqualTo(told.LastJson.ToString()));
            Assert.That(history.Out, Does.Contain("survivor: #"));
        }
    }

    // By counts, with arms at work, an operator who never pauses, and half of the processors wanted by others.
    [Test]
    public async Task Service_IsKilledUnderLoad_LosesAtMostTheLastSecondAndNothingThatAnOperatorWasTold()
    {
        string[] names = ["killed-1", "killed-2"];
        var journals = names.Select(_ => new RobotJournal()).ToArray();
        BusyOperator @operator;
        MonotonicTime killedAt;
        // Its phrases have slots, which can be pinned.
        using (var service = await ServiceProcess.StartAsync(_folder, RandomBundle.Directory))
        using (new BenchBusy((Environment.ProcessorCount + 1) / 2))
        {
            await using var first = await RobotAtWork.StartAsync(service.Address, names[0], journals[0]);
            await using var second = await RobotAtWork.StartAsync(service.Address, names[1], journals[1]);
            @operator = new BusyOperator(service.Address, names[0]);
            var operating = @operator.RunAsync();
            await Task.WhenAll(first.CommandedAsync(WorkedTicks), second.CommandedAsync(WorkedTicks));
            killedAt = MonotonicTime.Now(TimeProvider.System);
            service.Kill();
            await operating;
        }
        var aSecondBefore = killedAt + -(long)Promise.TotalNanoseconds;
        var audit = File.ReadAllLines(Path.Combine(_folder.FullName, "audit.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToLookup(Text("action"), Text("why"));
        using (Assert.EnterMultipleScope())
        {
            foreach (var (name, journal) in names.Zip(journals))
            {
                var (ticks, phrases) = (journal.TicksBy(aSecondBefore), journal.PhrasesBy(aSecondBefore));
                Assert.That(ticks, Has.Length.GreaterThan(WorkedTicks / 2), name);
                Assert.That(phrases, Is.Not.Empty, name);
                Assert.That(ticks.Except(Texts("SELECT id || '/' || tick FROM ticks JOIN sessions ON key = session WHERE robot = @0", name)), Is.Empty, $"ticks of {name} that are lost");
                Assert.That(phrases.Except(Texts("SELECT id || '/' || phrase FROM history JOIN sessions ON key = session WHERE robot = @0 AND phrase IS NOT NULL", name)), Is.Empty, $"phrases of {name} that are lost");
            }
            Assert.That(@operator.PinsBy(aSecondBefore), Is.Not.Empty);
            Assert.That(@operator.PinsBy(aSecondBefore).Except(Texts("SELECT why FROM history WHERE pin_action IS NOT NULL")), Is.Empty, "pins that are lost");
            Assert.That(@operator.PinsBy(killedAt).Except(audit["pin"]), Is.Empty, "pins that were answered and are not in the audit log");
            Assert.That(@operator.StopsBy(killedAt).Except(audit["emergency_stop"]), Is.Empty, "stops that were answered and are not in the audit log");
        }
    }

    private static Func<JsonElement, string> Text(string name) => line => line.GetProperty(name).GetString()!;

    private List<string> Texts(string sql, params string[] values)
    {
        using var database = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "reasoning.db")};Pooling=false");
        database.Open();
        using var select = new SqliteCommand(sql, database);
        for (var index = 0; index < values.Length; index++) select.Parameters.AddWithValue($"@{index}", values[index]);
        using var rows = select.ExecuteReader();
        var found = new List<string>();
        while (rows.Read()) found.Add(rows.GetString(0));
        return found;
    }

    private async Task<(Divla Told, ulong Tick)> TellAndBeKilledAsync()
    {
        using var service = await ServiceProcess.StartAsync(_folder, Checkout.DefaultBundle);
        await using var robot = await RobotAtWork.StartAsync(service.Address, "survivor");
        var tick = await robot.SteeredTickAsync();
        return (await Divla.RunAsync("reasoning", "why", "survivor", "--tick", $"{tick}", "--server", service.Address, "--json"), tick);
    }

    private sealed class ServiceProcess : IDisposable
    {
        private readonly Process _process;

        private ServiceProcess(DirectoryInfo folder, string bundle)
        {
            var tests = Path.Combine(AppContext.BaseDirectory, "DiVLA.Control.EndToEnd.Tests");
            string[] arguments =
            [
                "exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", Path.Combine(AppContext.BaseDirectory, "divla.dll"),
                "serve", "--bundle", bundle, "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", "--json",
                "--records", Path.Combine(folder.FullName, "reasoning.db"), "--audit-log", Path.Combine(folder.FullName, "audit.jsonl"),
            ];
            _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        }

        public string Address { get; private set; } = "";

        public static async Task<ServiceProcess> StartAsync(DirectoryInfo folder, string bundle)
        {
            var service = new ServiceProcess(folder, bundle);
            var line = await service._process.StandardOutput.ReadLineAsync() ?? throw new AssertionException("The service ended before it said where it listens.");
            service.Address = JsonDocument.Parse(line).RootElement.GetProperty("grpc").GetString()!;
            return service;
        }

        // SIGKILL: the process gets no chance to write anything.
        public void Kill()
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        public void Dispose()
        {
            Kill();
            _process.Dispose();
        }
    }
}
