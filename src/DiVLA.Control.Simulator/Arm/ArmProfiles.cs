using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.Arm;

/// <summary>The arms that are described in `profiles/*.json`, by name. How a policy's latents become joints is the service's business: none has a mapping.</summary>
public static class ArmProfiles
{
    private const string Folder = "profiles/";
    private const string Extension = ".json";

    /// <summary>Names of all arms.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ArmProfiles).Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
            .Select(resource => resource[Folder.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The arm that policies are trained on: what the simulator shows in pictures, and the default everywhere.</summary>
    public static EmbodimentProfile Panda { get; } = Get("panda");

    /// <summary>An arm by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static EmbodimentProfile Get(string name)
    {
        using var resource = typeof(ArmProfiles).Assembly.GetManifestResourceStream($"{Folder}{name}{Extension}")
            ?? throw new ArgumentException($"There is no arm '{name}', only {string.Join(", ", Names)}.", nameof(name));
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return EmbodimentProfile.Parse($"{Folder}{name}{Extension}", bytes.ToArray());
    }

    /// <summary>An arm by the path of its profile, or, where there is no such file, by its name, with or without `.json`.</summary>
    /// <exception cref="ArgumentException">There is neither.</exception>
    /// <exception cref="InvalidDataException">The file is no profile, or contradicts itself.</exception>
    public static EmbodimentProfile Find(string nameOrPath)
    {
        if (File.Exists(nameOrPath)) return EmbodimentProfile.Read(nameOrPath);
        var name = nameOrPath.EndsWith(Extension, StringComparison.Ordinal) ? nameOrPath[..^Extension.Length] : nameOrPath;
        return Names.Contains(name)
            ? Get(name)
            : throw new ArgumentException($"'{nameOrPath}' is neither a file nor one of {string.Join(", ", Names)}.", nameof(nameOrPath));
    }
}
