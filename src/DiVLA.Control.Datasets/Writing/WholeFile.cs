namespace DiVLA.Control.Datasets.Writing;

/// <summary>Text files that appear whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Suffix of files that are being written.</summary>
    public const string Part = ".part";

    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + Part, text);
        File.Move(path + Part, path, overwrite: true);
    }
}
