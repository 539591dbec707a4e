using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Demo;

/// <summary>Shows a run while it goes on.</summary>
internal interface IDemoView
{
    /// <summary>The service listens.</summary>
    void Started(DivlaServer server);

    /// <summary>Shows what happens until the arm is done, however that ends.</summary>
    Task FollowAsync(DemoBoard board, Task driving);
}
