namespace DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

/// <summary>A picture cut into patches, of which every merge x merge become one token.</summary>
/// <param name="Width">Unit: pixels; a multiple of patch x merge.</param>
/// <param name="Height">Unit: pixels; a multiple of patch x merge.</param>
/// <param name="Patch">Side of a patch. Unit: pixels.</param>
/// <param name="Merge">Patches along a side of a token.</param>
internal readonly record struct PictureGrid(int Width, int Height, int Patch, int Merge)
{
    /// <summary>Patches along a column.</summary>
    public int PatchRows => Height / Patch;

    /// <summary>Patches along a row.</summary>
    public int PatchColumns => Width / Patch;

    /// <summary>Patches in all.</summary>
    public int Patches => PatchRows * PatchColumns;

    /// <summary>Tokens along a column.</summary>
    public int TokenRows => PatchRows / Merge;

    /// <summary>Tokens along a row.</summary>
    public int TokenColumns => PatchColumns / Merge;

    /// <summary>Tokens in all.</summary>
    public int Tokens => TokenRows * TokenColumns;

    /// <summary>Row and column of every patch in the tower's order: token by token, and within a token row by row.</summary>
    public IEnumerable<GridPosition> PatchPositions()
    {
        for (var token = 0; token < Tokens; token++)
        {
            var (row, column) = Math.DivRem(token, TokenColumns);
            for (var patch = 0; patch < Merge * Merge; patch++)
                yield return new GridPosition(0, row * Merge + patch / Merge, column * Merge + patch % Merge);
        }
    }
}
