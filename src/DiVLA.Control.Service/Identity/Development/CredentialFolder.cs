namespace DiVLA.Control.Service.Identity.Development;

/// <summary>The folder of an authority, with the rights that its files must have.</summary>
internal sealed class CredentialFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly string _directory;

    /// <summary>Makes the folder where there is none.</summary>
    public CredentialFolder(string directory)
    {
        _directory = Path.GetFullPath(directory);
        if (Directory.Exists(_directory)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_directory);
        else Directory.CreateDirectory(_directory, Owner | UnixFileMode.UserExecute);
    }

    public string PathOf(string name) => Path.Combine(_directory, name);

    /// <summary>Writes a file as a whole: readers find the old one or the new one.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">It is there already and shall not be replaced, or it cannot be written.</exception>
    public string Write(string name, string text, bool isSecret, bool replace)
    {
        var path = PathOf(name);
        if (!replace && File.Exists(path)) throw new IOException($"{path} is there already; --replace overwrites it, and whoever uses it needs the new one");
        var unfinished = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = isSecret ? Owner : Everybody;
        using (var writer = new StreamWriter(unfinished, options)) writer.Write(text);
        File.Move(unfinished, path, replace);
        return path;
    }
}
