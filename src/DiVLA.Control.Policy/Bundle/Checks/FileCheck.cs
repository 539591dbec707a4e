namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Holds files of the bundle to the sizes and digests that are listed for them.</summary>
internal static class FileCheck
{
    /// <summary>Checks every file that can be checked.</summary>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    public static void Run(BundleFolder folder, IReadOnlyList<FileManifest> files, FaultList faults, CancellationToken cancellation)
    {
        for (var index = 0; index < files.Count; index++)
        {
            var (path, field) = (files[index].Path, $"files[{index}].path");
            if (faults.Require(BundleFolder.IsPlain(path), PolicyManifest.FileName, field, $"'{path}'", "a relative path inside the bundle"))
                CheckFile(folder, files[index], faults, cancellation);
        }
    }

    private static void CheckFile(BundleFolder folder, FileManifest file, FaultList faults, CancellationToken cancellation)
    {
        try
        {
            var info = new FileInfo(folder.FullPath(file.Path));
            if (!faults.Require(info.Exists, file.Path, "file", "no such file", $"{file.Bytes} bytes")) return;
            if (!faults.Require(!folder.PassesLink(file.Path), file.Path, "file", "a symbolic link", "a file of the bundle's own")) return;
            if (!faults.Require(info.Length == file.Bytes, file.Path, "bytes", info.Length, $"{file.Bytes}")) return;
            var digest = FileDigest.Sha256(info.FullName, cancellation);
            faults.Require(digest == file.Sha256, file.Path, "sha256", digest, file.Sha256);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(file.Path, "file", error.Message, "a file that can be read");
        }
    }
}
