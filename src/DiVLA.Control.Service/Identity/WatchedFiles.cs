namespace DiVLA.Control.Service.Identity;

/// <summary>Something that is read from files, and read again when they change: certificates are renewed while the service runs. Any thread.</summary>
/// <remarks>Where what replaced the files cannot be read, the last good value stays.</remarks>
internal sealed class WatchedFiles<T> where T : class
{
    private readonly Lock _gate = new();
    private readonly string[] _paths;
    private readonly Func<T> _read;
    private readonly Action<string, Exception> _onFailure;
    private T _value;
    private string _stamp;

    /// <summary>Reads the files for the first time; what is wrong with them then is thrown.</summary>
    /// <param name="paths">Files to watch.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="onFailure">Told once of each change that could not be read.</param>
    public WatchedFiles(string[] paths, Func<T> read, Action<string, Exception> onFailure)
    {
        (_paths, _read, _onFailure) = (paths, read, onFailure);
        _stamp = Stamp();
        _value = read();
    }

    /// <summary>The newest value that could be read.</summary>
    public T Current
    {
        get
        {
            lock (_gate)
            {
                var stamp = Stamp();
                if (stamp != _stamp) ReadAgain(stamp);
                return _value;
            }
        }
    }

    private void ReadAgain(string stamp)
    {
        _stamp = stamp;
        try
        {
            _value = _read();
        }
        catch (Exception error)
        {
            _onFailure(string.Join(", ", _paths), error);
        }
    }

    // Mounted secrets are links to folders that are swapped as a whole: the file at the end of the links is the one that changes.
    private string Stamp() => string.Join('|', _paths.Select(path =>
    {
        var file = (FileInfo)(File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path));
        return file.Exists ? $"{file.LastWriteTimeUtc.Ticks}/{file.Length}" : "missing";
    }));
}
