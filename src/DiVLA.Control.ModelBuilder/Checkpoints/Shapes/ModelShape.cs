using System.Reflection;
using System.Text.Json;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Shapes;

/// <summary>Configurations of published sizes, kept as data: everything of a checkpoint but its weights.</summary>
/// <remarks>The tokenizer is generated too: it has the published ids and count of tokens, words of its own, and every byte.</remarks>
public static class ModelShape
{
    private const string Configurations = "shapes/";
    private const string CommonFiles = "shapes-common/";
    private const string ArmFileName = "arm.json";

    private const string ChatTemplateMember = "chat_template";

    /// <summary>Names of the shapes.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Resources(Configurations).Select(name => Path.GetFileNameWithoutExtension(name[Configurations.Length..])).Order(StringComparer.Ordinal)];

    /// <summary>Writes a shape as a checkpoint's folder without weights.</summary>
    /// <returns>Path of the description of an arm that its head fits.</returns>
    /// <exception cref="ModelBuildException">There is no such shape.</exception>
    internal static string Write(string shape, string directory)
    {
        if (!Names.Contains(shape)) throw new ModelBuildException([$"shape: '{shape}' is unknown, {string.Join(", ", Names)} are known."]);
        Copy($"{Configurations}{shape}.json", Path.Combine(directory, ModelConfig.FileName));
        foreach (var resource in Resources(CommonFiles)) Copy(resource, Path.Combine(directory, resource[CommonFiles.Length..]));
        var template = new Dictionary<string, string> { [ChatTemplateMember] = ChatTemplate.Qwen2Vl };
        File.WriteAllText(Path.Combine(directory, ChatTemplate.FileName), JsonSerializer.Serialize(template));
        var config = Qwen2VlConfig.Read(JsonSection.Open(Path.Combine(directory, ModelConfig.FileName), [])!);
        GeneratedTokenizer.Write(Path.Combine(directory, PublishedConfig.TokenizerFileName), config.ImageTokenId);
        return Path.Combine(directory, ArmFileName);
    }

    private static IEnumerable<string> Resources(string prefix) =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static void Copy(string resource, string path)
    {
        using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var target = File.Create(path);
        source.CopyTo(target);
    }
}
