namespace DiVLA.Control.RealTime.Tests;

internal sealed class YieldingThreadTests
{
    [Test]
    public void Start_OnLinux_ThreadIsNicerThanItsParentAndDoesNotKeepTheProcessAlive()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("There is no niceness on this system.");
        var own = Niceness();
        var (nice, isBackground) = (0, false);
        YieldingThread.Start("nice-test", () => (nice, isBackground) = (Niceness(), Thread.CurrentThread.IsBackground)).Join();
        Assert.That((nice > own || nice == 19, isBackground, Niceness()), Is.EqualTo((true, true, own)));
    }

    // Field 19 of the thread's own line; the name in field 2 may hold blanks, and ends with a bracket.
    private static int Niceness()
    {
        var line = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[19 - 3], System.Globalization.CultureInfo.InvariantCulture);
    }
}
