using DiVLA.Control.Simulator.Cameras;

namespace DiVLA.Control.Cli.Frames;

/// <summary>Many episodes at a glance: a row each, the front camera's pictures over the wrist's, first to last.</summary>
internal sealed class ContactSheet
{
    /// <summary>Pictures a row.</summary>
    public const int Columns = 8;

    private const int MostRows = 12;
    private const int Scale = 2;
    private const int Gap = 4;
    private const int Cell = Camera.Size * Scale;

    private readonly List<FramePair[]> _rows = [];

    /// <summary>Adds an episode's pictures, evenly chosen. Only the first rows have room.</summary>
    public void Add(IReadOnlyList<FramePair> frames)
    {
        if (_rows.Count < MostRows && frames.Count > 0) _rows.Add(Choose(frames));
    }

    /// <summary>Writes the sheet; nothing where there is nothing to show.</summary>
    public void Save(string path)
    {
        if (_rows.Count == 0) return;
        const int rowHeight = 2 * Cell + 2 * Gap;
        var picture = new Picture(Columns * (Cell + Gap), _rows.Count * rowHeight);
        for (var row = 0; row < _rows.Count; row++)
            for (var column = 0; column < _rows[row].Length; column++)
            {
                picture.Paste(_rows[row][column].Front, column * (Cell + Gap), row * rowHeight, Scale);
                picture.Paste(_rows[row][column].Wrist, column * (Cell + Gap), row * rowHeight + Cell + Gap / 2, Scale);
            }
        picture.Save(path);
    }

    internal static FramePair[] Choose(IReadOnlyList<FramePair> frames)
    {
        if (frames.Count <= Columns) return [.. frames];
        return [.. Enumerable.Range(0, Columns).Select(column => frames[column * (frames.Count - 1) / (Columns - 1)])];
    }
}
