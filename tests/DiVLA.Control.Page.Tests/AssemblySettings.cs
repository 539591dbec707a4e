// On a machine that is busy with other test projects the simulated arm may lose its session in the middle of a test:
// until the tests live with that, they run on their own, by `dotnet test -c Release tests/DiVLA.Control.Page.Tests -- NUnit.ExplicitMode=None`.
[assembly: Explicit("run on their own: see AssemblySettings.cs")]
