using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

public sealed class PromptLayoutTests
{
    private const int Image = 9;

    [Test]
    public void Layout_TwoPictures_AdvancesByTheLongerSide()
    {
        // 2 x 3 and 1 x 1 tokens.
        PictureGrid[] grids = [new(84, 56, 14, 2), new(28, 28, 14, 2)];
        var layout = new PromptLayout([1, 2, Image, 3, 4, Image], Image, grids, textTokens: 2, phraseTokens: 1);

        Assert.That(layout.Tokens, Is.EqualTo(new[] { 1, 2, Image, Image, Image, Image, Image, Image, 3, 4, Image }));
        Assert.That(layout.Parts.Select(part => part.Picture), Is.EqualTo(new int?[] { null, 0, null, 1 }));
        Assert.That(layout.PrefixLength, Is.EqualTo(11));
        Assert.That(layout.Length, Is.EqualTo(14));
        Assert.That(layout.Positions, Is.EqualTo(new GridPosition[]
        {
            new(0, 0, 0), new(1, 1, 1),
            new(2, 2, 2), new(2, 2, 3), new(2, 2, 4), new(2, 3, 2), new(2, 3, 3), new(2, 3, 4),
            new(5, 5, 5), new(6, 6, 6),
            new(7, 7, 7),
            new(8, 8, 8), new(9, 9, 9), new(10, 10, 10),
        }));
        Assert.That(layout.RopeDelta, Is.EqualTo(-3));
    }

    [Test]
    public void Patches_OfAToken_StandTogetherRowByRow()
    {
        var positions = new PictureGrid(56, 28, 14, 2).PatchPositions().Select(position => (position.Row, position.Column));
        Assert.That(positions, Is.EqualTo(new[] { (0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (0, 3), (1, 2), (1, 3) }));
    }
}
