using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.Policy.Tests.Tokenizer;

[TestFixture]
internal sealed class WordTokenizerTests
{
    private static readonly string[] Words = ["<pad>", "<eos>", "<unk>", ",", "bin", "cube", "put", "red", "the", "left"];

    private static readonly WordTokenizer Tokenizer =
        new(Words.Select((word, id) => (word, id)).ToDictionary(pair => pair.word, pair => pair.id), "<unk>");

    [TestCase("put the red cube", new[] { 6, 8, 7, 5 })]
    [TestCase("  Put THE\tred\ncube ", new[] { 6, 8, 7, 5 }, Description = "case and white space do not matter")]
    [TestCase("red cube,put", new[] { 7, 5, 3, 6 }, Description = "punctuation is a word of its own")]
    [TestCase("", new int[0])]
    public void Encode_KnownWords_GivesTheirIds(string text, int[] expected)
    {
        var (ids, unknown) = Tokenizer.Encode(text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ids, Is.EqualTo(expected));
            Assert.That(unknown, Is.Empty);
        }
    }

    [Test]
    public void Encode_UnknownWords_NamesEachOnceAndKeepsItsPlace()
    {
        var (ids, unknown) = Tokenizer.Encode("Throw the red cube, THROW redcube");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ids, Is.EqualTo(new[] { 2, 8, 7, 5, 3, 2, 2 }));
            Assert.That(unknown, Is.EqualTo(new[] { "throw", "redcube" }));
        }
    }

    [Test]
    public void Encode_TextOfASpecialToken_IsNotThatToken()
    {
        var (ids, _) = Tokenizer.Encode("put <eos> cube");
        Assert.That(ids, Has.None.EqualTo(1));
    }

    [Test]
    public void Encode_VeryLongWord_IsUnknown()
    {
        var word = new string('x', 500);
        Assert.That(Tokenizer.Encode($"put {word}").UnknownWords, Is.EqualTo(new[] { word }));
    }

    [Test]
    public void Decode_Words_JoinsThemAndAttachesCommas()
    {
        Assert.That(Tokenizer.Decode([7, 5, 3, 6, 8, 9]), Is.EqualTo("red cube, put the left"));
    }

    [Test]
    public void Decode_IdsOutsideTheVocabulary_ReadAsUnknown()
    {
        Assert.That(Tokenizer.Decode([7, 99, -1]), Is.EqualTo("red <unk> <unk>"));
    }
}
