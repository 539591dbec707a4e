using System.Globalization;
using DiVLA.Control.Cli.Reasoning;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Demo;

/// <summary>A line an episode and a line a pin, for pipes and files.</summary>
internal sealed class DemoLines(TextWriter output, TimeProvider clock) : IDemoView
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly RealTimeNotice _realTime = new(output.WriteLine);
    private PhrasePin? _pin;

    /// <inheritdoc/>
    public void Started(DivlaServer server)
    {
        output.WriteLine($"Serving {server.Manifest.Name} ({server.Manifest.Revision}): gRPC on {server.GrpcAddress}, JSON and the operator page on {server.HttpAddress}");
        if (DemoPorts.Notice(server) is { } notice) output.WriteLine(notice);
    }

    /// <inheritdoc/>
    public async Task FollowAsync(DemoBoard board, Task driving)
    {
        var written = 0;
        using var timer = new PeriodicTimer(Period, clock);
        while (!driving.IsCompleted)
        {
            await timer.WaitForNextTickAsync();
            written = Write(board, written);
        }
        Write(board, written);
    }

    private int Write(DemoBoard board, int written)
    {
        var state = board.Read();
        _realTime.Say(state.RealTimeDenied);
        WritePin(state.Pin);
        foreach (var result in board.Results(written))
            output.WriteLine(Line(++written, result));
        return written;
    }

    private void WritePin(PhrasePin? pin)
    {
        if (Equals(pin, _pin)) return;
        output.WriteLine(pin is null ? "released: the instruction rules again" : $"pinned {ReasoningCommand.Words(pin)}");
        _pin = pin;
    }

    private static string Line(int number, EpisodeResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"episode {number} {InstructionGrammar.Name(result.Episode.Family)}: \"{result.Episode.Instruction}\" -> {DemoReport.Words(result.Outcome)} after {result.Seconds:0.00} s");
}
