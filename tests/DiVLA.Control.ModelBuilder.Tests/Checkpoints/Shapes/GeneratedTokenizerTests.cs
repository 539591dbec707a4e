using DiVLA.Control.ModelBuilder.Checkpoints.Shapes;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.ModelBuilder.Tests.Checkpoints.Shapes;

public sealed class GeneratedTokenizerTests
{
    private const int ImageTokenId = 151655;

    private TemporaryFolder _folder;
    private ByteLevelTokenizer _tokenizer;

    [OneTimeSetUp]
    public void Write()
    {
        _folder = new TemporaryFolder();
        GeneratedTokenizer.Write(_folder.File("tokenizer.json"), ImageTokenId);
        var faults = new List<string>();
        _tokenizer = ByteLevelTokenizer.TryOpen(_folder.File("tokenizer.json"), faults)!;
        Assert.That(faults, Is.Empty);
    }

    [OneTimeTearDown]
    public void Clean() => _folder.Dispose();

    [TestCase("<|endoftext|>", 151643)]
    [TestCase("<|im_start|>", 151644)]
    [TestCase("<|im_end|>", 151645)]
    [TestCase("<|vision_start|>", 151652)]
    [TestCase("<|image_pad|>", ImageTokenId)]
    public void SpecialTokens_HaveThePublishedIds(string token, int id) => Assert.That(_tokenizer.Encode(token), Is.EqualTo(new[] { id }));

    [Test]
    public void Words_OfChatsAndTables_AreOneTokenEach()
    {
        Assert.That(_tokenizer.Encode("system\nYou are a helpful assistant."), Has.Count.EqualTo(8), "as with the published one");
        Assert.That(_tokenizer.Encode("put the red cube in the left bin"), Has.Count.EqualTo(8));
    }

    [TestCase("grüße 你好 \u0001 \ud83e\udd16")]
    [TestCase("put the thermos over there, 12.5 cm")]
    public void AnyText_ComesBackAsItWas(string text)
    {
        int[] ids = [.. _tokenizer.Encode(text)];
        Assert.That(ids, Is.All.InRange(0, ImageTokenId));
        Assert.That(_tokenizer.Decode(ids), Is.EqualTo(text));
    }

    [Test]
    public void EveryToken_HasATextOfItsOwn()
    {
        var texts = Enumerable.Range(256, 20_000).Select(id => _tokenizer.Decode([id])).ToArray();
        Assert.That(texts, Is.Unique.And.All.Not.Empty);
        Assert.That(_tokenizer.Size, Is.EqualTo(151657));
    }
}
