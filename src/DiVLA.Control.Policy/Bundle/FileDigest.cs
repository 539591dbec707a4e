using System.Security.Cryptography;

namespace DiVLA.Control.Policy.Bundle;

/// <summary>Digests of a bundle's files. Weights may be hundreds of gigabytes, so hashing can be interrupted.</summary>
public static class FileDigest
{
    private const int BlockBytes = 1 << 20;

    /// <summary>A file's SHA-256, in lower-case hexadecimal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <param name="read">Told of every block: its bytes.</param>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Sha256(string path, CancellationToken cancellation, Action<int>? read = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        var block = new byte[BlockBytes];
        while (file.Read(block) is var count and > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(block.AsSpan(0, count));
            read?.Invoke(count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
