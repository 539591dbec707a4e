using System.Text.Json;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;

namespace DiVLA.Control.TestSupport;

/// <summary>The head's part of a checkpoint's `config.json`.</summary>
internal static class GoldenHead
{
    public static PolicyHeadConfig Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = json.RootElement;
        var head = PolicyHeadConfig.Read(root.GetProperty("policy_head_type").GetString()!, root.GetProperty("policy_head_config"));
        string[] faults = [.. head.Faults(root.GetProperty("hidden_size").GetInt32())];
        return faults.Length == 0 ? head : throw new InvalidDataException(string.Join(Environment.NewLine, faults));
    }
}
