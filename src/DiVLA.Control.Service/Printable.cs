namespace DiVLA.Control.Service;

/// <summary>Text of strangers, made fit for a log line.</summary>
internal static class Printable
{
    /// <summary>One line of at most <paramref name="maxLength"/> characters, control characters replaced.</summary>
    public static string Line(string text, int maxLength)
    {
        var cut = text.Length <= maxLength ? text : text[..maxLength] + "...";
        return string.Create(cut.Length, cut, static (line, source) =>
        {
            for (var index = 0; index < line.Length; index++) line[index] = char.IsControl(source[index]) ? ' ' : source[index];
        });
    }
}
