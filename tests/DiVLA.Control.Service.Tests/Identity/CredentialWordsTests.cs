using DiVLA.Control.Service.Identity;

namespace DiVLA.Control.Service.Tests.Identity;

[TestFixture]
internal sealed class CredentialWordsTests
{
    [TestCase("*", "anything", ExpectedResult = true)]
    [TestCase("arm-1", "arm-1", ExpectedResult = true)]
    [TestCase("arm-1", "arm-10", ExpectedResult = false)]
    [TestCase("arm-1", "ARM-1", ExpectedResult = false)]
    [TestCase("cell-3-*", "cell-3-left", ExpectedResult = true)]
    [TestCase("cell-3-*", "cell-31", ExpectedResult = false)]
    [TestCase("a,b*", "bcd", ExpectedResult = true)]
    [TestCase("", "arm-1", ExpectedResult = false)]
    public bool Scope_Covers(string patterns, string robot) => RobotScope.Of(patterns.Split(',', StringSplitOptions.RemoveEmptyEntries))!.Covers(robot);

    [TestCase("")]
    [TestCase("a*b")]
    [TestCase("**")]
    [TestCase("arm 1")]
    [TestCase("arm/1")]
    [TestCase("a-name-of-far-more-letters-than-any-robot-can-have-in-this-service-and-then-some")]
    public void Scope_IsNoPattern_IsNone(string pattern)
    {
        Assert.That(RobotScope.Of([pattern]), Is.Null);
    }

    [Test]
    public void Uris_ThereAndBack_AreTheSame()
    {
        var uris = CredentialWords.ToUris(CallerRoles.Robot | CallerRoles.Viewer, RobotScope.Of(["arm-1", "cell-*"])!).Append("spiffe://somewhere/else").ToArray();
        Assert.That(CredentialWords.TryFromUris(uris, out var roles, out var robots), Is.True);
        Assert.That(roles, Is.EqualTo(CallerRoles.Robot | CallerRoles.Viewer));
        Assert.That(robots!.Patterns, Is.EqualTo(["arm-1", "cell-*"]));
    }

    [TestCase("urn:divla:role:emperor")]
    [TestCase("urn:divla:role:")]
    [TestCase("urn:divla:role:robot,operator")]
    [TestCase("urn:divla:robot:a b")]
    public void Uri_MakesNoSense_IsNotTaken(string uri)
    {
        Assert.That(CredentialWords.TryFromUris([uri], out _, out _), Is.False);
    }
}
