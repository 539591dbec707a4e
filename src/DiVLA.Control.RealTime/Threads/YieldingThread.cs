namespace DiVLA.Control.RealTime;

/// <summary>A thread for work that can wait: where threads compete for a processor, it gives way.</summary>
public static class YieldingThread
{
    private const int Niceness = 10;

    /// <summary>Starts the thread and runs <paramref name="body"/> on it. It does not keep the process alive.</summary>
    public static Thread Start(string name, Action body)
    {
        var thread = new Thread(() =>
        {
            // A thread may always make itself nicer. Where there is no such thing as niceness, it competes with the others.
            if (OperatingSystem.IsLinux()) _ = LinuxScheduling.SetNiceness(Niceness);
            body();
        })
        { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }
}
