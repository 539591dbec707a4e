namespace DiVLA.Control.Page.Tests;

/// <summary>Beside other test projects the simulated arm may lose its session in the middle of a test. Until the tests live with that, they run on their own.</summary>
[SetUpFixture]
internal sealed class OnTheirOwn
{
    private const string AskedFor = "DIVLA_PAGE_TESTS";

    [OneTimeSetUp]
    public void SkipUnlessAskedFor()
    {
        if (Environment.GetEnvironmentVariable(AskedFor) is null) Assert.Ignore($"{AskedFor} is not set: these tests run on their own.");
    }
}
