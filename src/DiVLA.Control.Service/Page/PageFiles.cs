using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace DiVLA.Control.Service.Page;

/// <summary>The files of the operator page. They are in this assembly: nothing lies beside it, and nothing is fetched from elsewhere.</summary>
internal static class PageFiles
{
    /// <summary>What the page begins with.</summary>
    public const string Index = "index.html";

    private const string Prefix = "page/";
    private static readonly FrozenDictionary<string, PageFile> Files = ReadAll();

    /// <summary>Paths of all files, with slashes.</summary>
    public static IEnumerable<string> Paths => Files.Keys;

    /// <summary>The file of that path; null where there is none.</summary>
    public static PageFile? Find(string path) => Files.GetValueOrDefault(path);

    private static FrozenDictionary<string, PageFile> ReadAll() => typeof(PageFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], Read, StringComparer.Ordinal);

    private static PageFile Read(string name)
    {
        using var resource = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\"");
        return new PageFile(content, TypeOf(name), tag);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"{name}: no content type is known for '{other}'"),
    };
}

/// <summary>One file.</summary>
/// <param name="Content">What is sent.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Tag">Changes with the content.</param>
internal sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag);
