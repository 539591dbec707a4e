using DiVLA.Control.TestSupport;
using YamlDotNet.RepresentationModel;

namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>A YAML document of the repository, and the way to what stands in it.</summary>
internal static class Yaml
{
    /// <summary>The documents of a file. A file that is no YAML, or names a key twice, fails the test.</summary>
    public static IReadOnlyList<YamlNode> Documents(string file)
    {
        var stream = new YamlStream();
        using var text = new StreamReader(Path.Combine(Checkout.Root, file));
        stream.Load(text);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>Follows a path of keys and indices, e.g. "spec.containers.0.args".</summary>
    public static YamlNode At(this YamlNode node, string path) => node.Find(path) ?? throw new AssertionException($"There is no '{path}'.");

    /// <summary>The same; null where the way ends.</summary>
    public static YamlNode? Find(this YamlNode node, string path)
    {
        YamlNode? at = node;
        foreach (var step in path.Split('.'))
            at = at switch
            {
                YamlMappingNode map => Child(map, step),
                YamlSequenceNode list => list.Children.ElementAtOrDefault(int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)),
                _ => null,
            };
        return at;
    }

    public static string Text(this YamlNode node) => ((YamlScalarNode)node).Value!;

    public static IReadOnlyList<string> Texts(this YamlNode node) => [.. ((YamlSequenceNode)node).Children.Select(Text)];

    public static IReadOnlyDictionary<string, YamlNode> Entries(this YamlNode node) =>
        ((YamlMappingNode)node).Children.ToDictionary(entry => entry.Key.Text(), entry => entry.Value);

    // '<<' takes over what another mapping has, unless it is said here.
    private static YamlNode? Child(YamlMappingNode map, string key)
    {
        if (map.Children.TryGetValue(new YamlScalarNode(key), out var own)) return own;
        return map.Children.TryGetValue(new YamlScalarNode("<<"), out var other) && other is YamlMappingNode inherited ? Child(inherited, key) : null;
    }
}
