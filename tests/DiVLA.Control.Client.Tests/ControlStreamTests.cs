using DiVLA.Control.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Client.Tests;

[TestFixture]
internal sealed class ControlStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly BlockedWriter _requests = new();

    [Test]
    public async Task Connection_IsBlocked_NewestInstructionAndTheStopAreSentAfterwards()
    {
        var contract = TestContract.Create();
        using var stream = new ControlStream(
            _requests, new ObservationOutbox(contract, [ImageEncoding.Rgb8]), TimeSpan.FromSeconds(1), new FakeTimeProvider());
        var running = stream.RunAsync(CancellationToken.None);
        stream.ChangeInstruction("instruction 0");
        await _requests.IsBlocked;
        for (var number = 1; number <= 100; number++) stream.ChangeInstruction($"instruction {number}");
        stream.Stop("done");
        _requests.Release();
        await running.WaitAsync(Patience);
        Assert.That(_requests.Written, Is.EqualTo(["instruction 0", "instruction 100", "stop: done"]));
    }

    [Test]
    public async Task Stop_ComesBeforeTheStreamRuns_IsSentFirst()
    {
        var contract = TestContract.Create();
        using var stream = new ControlStream(
            _requests, new ObservationOutbox(contract, [ImageEncoding.Rgb8]), TimeSpan.FromSeconds(1), new FakeTimeProvider());
        stream.Stop("never began");
        _requests.Release();
        await stream.RunAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.That(_requests.Written, Is.EqualTo(["stop: never began"]));
    }

    /// <summary>Takes nothing until it is released.</summary>
    private sealed class BlockedWriter : IClientStreamWriter<ControlRequest>
    {
        private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Written { get; } = [];

        public Task IsBlocked => _blocked.Task;

        public WriteOptions? WriteOptions { get; set; }

        public void Release() => _released.SetResult();

        public async Task WriteAsync(ControlRequest message)
        {
            _blocked.TrySetResult();
            await _released.Task;
            Written.Add(message.Stop is { } stop ? $"stop: {stop.Reason}" : message.Instruction.Instruction);
        }

        public Task WriteAsync(ControlRequest message, CancellationToken cancellationToken) => WriteAsync(message);

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
