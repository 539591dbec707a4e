using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.Policy.Tests.Tokenizer;

internal sealed class NormalizationFormCTests
{
    [TestCase("plain ASCII", "plain ASCII")]
    [TestCase("e\u0301", "\u00E9", TestName = "a letter and its mark compose")]
    [TestCase("\u00E9", "\u00E9", TestName = "a composed letter stays")]
    [TestCase("\u212B", "\u00C5", TestName = "a singleton becomes what it stands for")]
    [TestCase("\u0344", "\u0308\u0301", TestName = "an excluded mark stays apart")]
    [TestCase("a\u0323\u0302", "\u1EAD", TestName = "two marks compose twice")]
    [TestCase("a\u0302\u0323", "\u1EAD", TestName = "marks are ordered by class first")]
    [TestCase("e\u0301\u0302\u0303", "\u00E9\u0302\u0303", TestName = "a mark behind one of its class is blocked")]
    [TestCase("\u1100\u1161", "\uAC00", TestName = "Hangul: lead and vowel")]
    [TestCase("\uAC00\u11A8", "\uAC01", TestName = "Hangul: open syllable and trail")]
    [TestCase("\uAC01\u11A8", "\uAC01\u11A8", TestName = "Hangul: closed syllable")]
    [TestCase("\u0958", "\u0915\u093C", TestName = "a letter excluded from composition decomposes")]
    [TestCase("\U0001D15E", "\U0001D157\U0001D165", TestName = "beyond the first plane, excluded")]
    [TestCase("\U00011099\U000110BA", "\U0001109A", TestName = "beyond the first plane, composed")]
    [TestCase("", "")]
    public void Normalize_Text_IsFormC(string text, string expected) =>
        Assert.That(NormalizationFormC.Instance.Normalize(text), Is.EqualTo(expected));
}
