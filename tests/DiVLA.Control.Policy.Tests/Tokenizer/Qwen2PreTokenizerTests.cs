using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.Policy.Tests.Tokenizer;

internal sealed class Qwen2PreTokenizerTests
{
    private static readonly Qwen2PreTokenizer PreTokenizer = new(["<|im_end|>"]);

    [TestCase("pick it up", "pick", " it", " up")]
    [TestCase("don't", "don", "'t")]
    [TestCase("x42", "x", "4", "2", TestName = "digits one by one")]
    [TestCase("a  b\n", "a", " ", " b", "\n", TestName = "spaces: the last goes with the word")]
    [TestCase("red <|im_end|>.", "red", " ", "<|im_end|>", ".", TestName = "a special token cuts what stands before it")]
    [TestCase("a\U00020000b", "a\U00020000b", TestName = "a letter beyond the first plane is a letter")]
    [TestCase("\U0001D7CF\U0001D7D0", "\U0001D7CF", "\U0001D7D0", TestName = "digits beyond the first plane one by one")]
    [TestCase("go \U0001F916!", "go", " \U0001F916!", TestName = "emoji are punctuation")]
    public void Split_Text_GivesQwen2sPieces(string text, params string[] expected) =>
        Assert.That(PreTokenizer.PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length)), Is.EqualTo(expected));
}
