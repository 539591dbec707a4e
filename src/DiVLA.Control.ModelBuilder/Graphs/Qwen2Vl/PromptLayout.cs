namespace DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

/// <summary>What stands where in the prompt: text, pictures, the instruction's text, the phrase. All of it is fixed but the length of the instruction's text.</summary>
/// <remarks>
/// <code>
///  text | picture 0 | text | picture 1 | text ... picture C-1 | instruction's text (n of at most I) | phrase (P) | filling
///  0                                                          K                                    K + n        K + I + P = N
/// </code>
/// Text behind the last picture advances by one a token, whatever it is. So the rotary position of every place is known when the graph is built,
/// and the phrase, which stands right behind the text, has the positions that decoding would give it.
/// </remarks>
internal sealed class PromptLayout
{
    private readonly List<PromptPart> _parts = [];
    private readonly List<int> _tokens = [];
    private readonly List<GridPosition> _positions = [];
    private int _next;

    /// <param name="prefix">Token ids up to the last picture; one <paramref name="imageToken"/> a picture.</param>
    /// <param name="imageToken">Stands for a picture.</param>
    /// <param name="grids">Pictures in the order of the prompt.</param>
    /// <param name="textTokens">I.</param>
    /// <param name="phraseTokens">P.</param>
    public PromptLayout(IReadOnlyList<int> prefix, int imageToken, IReadOnlyList<PictureGrid> grids, int textTokens, int phraseTokens)
    {
        (ImageToken, TextTokens, PhraseTokens) = (imageToken, textTokens, phraseTokens);
        var (begin, picture) = (0, 0);
        for (var i = 0; i < prefix.Count; i++)
        {
            if (prefix[i] != imageToken) continue;
            AddText([.. prefix.Skip(begin).Take(i - begin)]);
            AddPicture(picture, grids[picture]);
            (begin, picture) = (i + 1, picture + 1);
        }
        PrefixLength = _tokens.Count;
        for (var i = 0; i < textTokens + phraseTokens; i++) Advance();
    }

    /// <summary>Id of the token that stands for a picture.</summary>
    public int ImageToken { get; }

    /// <summary>I, most tokens of the text behind the last picture.</summary>
    public int TextTokens { get; }

    /// <summary>P.</summary>
    public int PhraseTokens { get; }

    /// <summary>K, places before that text.</summary>
    public int PrefixLength { get; }

    /// <summary>N, places in all.</summary>
    public int Length => _positions.Count;

    /// <summary>The first K places, in their order.</summary>
    public IReadOnlyList<PromptPart> Parts => _parts;

    /// <summary>Token ids of the first K places, one image token a vision token.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Multimodal rotary position of every place.</summary>
    public IReadOnlyList<GridPosition> Positions => _positions;

    /// <summary>What a text token's position is ahead of its place: 0 or less, since a picture advances by its longer side only.</summary>
    public int RopeDelta => _next - Length;

    private void AddText(int[] tokens)
    {
        if (tokens.Length == 0) return;
        _parts.Add(new PromptPart(tokens, null));
        _tokens.AddRange(tokens);
        foreach (var _ in tokens) Advance();
    }

    // Every cell is at the same time; the text behind goes on after the longer side.
    private void AddPicture(int picture, PictureGrid grid)
    {
        _parts.Add(new PromptPart([], picture));
        for (var token = 0; token < grid.Tokens; token++)
        {
            _tokens.Add(ImageToken);
            _positions.Add(new GridPosition(_next, _next + token / grid.TokenColumns, _next + token % grid.TokenColumns));
        }
        _next += Math.Max(grid.TokenRows, grid.TokenColumns);
    }

    private void Advance()
    {
        _positions.Add(new GridPosition(_next, _next, _next));
        _next++;
    }
}

/// <summary>A run of places: tokens of text, or a picture.</summary>
/// <param name="Tokens">Ids; empty for a picture.</param>
/// <param name="Picture">Index of the camera; null for text.</param>
internal sealed record PromptPart(int[] Tokens, int? Picture);
