using DiVLA.Control.Policy;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Planning;

[TestFixture]
internal sealed class PlanTracesTests
{
    private readonly PlanTraces _traces = new();

    [TestCase(0, ExpectedResult = false)]
    [TestCase(44, ExpectedResult = false)]
    [TestCase(45, ExpectedResult = true)]
    [TestCase(300, ExpectedResult = true)]
    [TestCase(301, ExpectedResult = false)]
    public bool Find_AfterThreeHundred_KnowsTheLast256(long observation)
    {
        for (var id = 1; id <= 300; id++) _traces.AddFromPolicyThread(Trace(id));
        var isFound = _traces.TryFindFromEgress(observation, out var trace);
        if (isFound) Assert.That(trace, Is.EqualTo(Trace(observation)));
        return isFound;
    }

    [Test]
    public void Find_BeforeTheFirst_FindsNothing()
    {
        Assert.That(_traces.TryFindFromEgress(0, out _), Is.False);
    }

    [Test]
    public void Find_WhileOthersAreAdded_IsWhole()
    {
        var (newest, isEnough) = (0L, false);
        var policy = new Thread(() =>
        {
            for (var id = 1L; !Volatile.Read(ref isEnough); id++)
            {
                _traces.AddFromPolicyThread(Trace(id));
                Volatile.Write(ref newest, id);
            }
        });
        policy.Start();
        var torn = 0;
        for (var found = 0; found < 10_000;)
        {
            var id = Volatile.Read(ref newest);
            if (!_traces.TryFindFromEgress(id, out var trace)) continue;
            if (trace != Trace(id)) torn++;
            found++;
        }
        Volatile.Write(ref isEnough, true);
        policy.Join();
        Assert.That(torn, Is.Zero);
    }

    // Every number follows from the first: a mixture of two traces shows.
    private static PlanTrace Trace(long id) => new(
        id, new MonotonicTime(id * 2), new MonotonicTime(id * 3), new MonotonicTime(id * 5), new MonotonicTime(id * 7), new PolicyStageTimes { DecodeNs = id * 11, EmbodimentOutNs = id * 13 }, null);
}
