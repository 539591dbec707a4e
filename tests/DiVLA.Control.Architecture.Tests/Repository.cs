using System.Xml.Linq;

namespace DiVLA.Control.Architecture.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Folder of DiVLA.Control.sln.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Short names of the product's projects: Robot, Policy, ...</summary>
    public static string[] ProductProjects { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(ShortName).Order(StringComparer.Ordinal)];

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string ReadText(string relative) => File.ReadAllText(PathOf(relative));

    public static XElement ProjectFile(string project) =>
        XElement.Load(PathOf($"src/DiVLA.Control.{project}/DiVLA.Control.{project}.csproj"));

    /// <summary>Short names of the projects that a project file references.</summary>
    public static IEnumerable<string> ProjectReferences(string project) =>
        ProjectFile(project).Descendants("ProjectReference")
            .Select(reference => ShortName(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)));

    /// <summary>Names of the packages that a project file references.</summary>
    public static IEnumerable<string> PackageReferences(string project) =>
        ProjectFile(project).Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

    /// <summary>Hand-written C# files of the product, relative to the root.</summary>
    public static IEnumerable<string> ProductSources(string pattern = "*.cs") =>
        Directory.EnumerateFiles(PathOf("src"), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string ShortName(string path) => Path.GetFileName(path).Replace("DiVLA.Control.", "", StringComparison.Ordinal);

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DiVLA.Control.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No DiVLA.Control.sln in or above {start}.");
    }
}
