namespace DiVLA.Control.Cli;

/// <summary>A folder that is gone with whoever needed it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-");

    /// <summary>A file in it.</summary>
    public string FileNamed(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
