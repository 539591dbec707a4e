namespace DiVLA.Control.Policy.Bundle;

/// <summary>Where an arm's files are in a bundle.</summary>
public static class EmbodimentPaths
{
    /// <summary>Folder of all arms.</summary>
    public const string Folder = "embodiments";

    /// <summary>Name of the profile in an arm's folder.</summary>
    public const string Profile = "embodiment.json";

    /// <summary>Name of the graph in an arm's folder.</summary>
    public const string Graph = "embodiment.onnx";

    /// <summary>Name of the weights in an arm's folder.</summary>
    public const string Weights = "embodiment.safetensors";

    /// <summary>Path of an arm's file in the bundle.</summary>
    public static string Of(string embodiment, string file) => $"{Folder}/{embodiment}/{file}";
}
