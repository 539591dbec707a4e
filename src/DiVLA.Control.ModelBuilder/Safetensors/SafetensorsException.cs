namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>A safetensors file is damaged, or lacks what was asked of it. Names file, tensor and field.</summary>
public sealed class SafetensorsException : Exception
{
    internal SafetensorsException(string path, string? tensor, string field, string problem, Exception? cause = null)
        : base(Describe(path, tensor, field, problem), cause)
    {
        Path = path;
        Tensor = tensor;
        Field = field;
    }

    /// <summary>The file at fault.</summary>
    public string Path { get; }

    /// <summary>The tensor at fault; null where the file as a whole is.</summary>
    public string? Tensor { get; }

    /// <summary>The header's field at fault: `dtype`, `shape`, `data_offsets`, or a part of the file: `header length`, `header`, `data`.</summary>
    public string Field { get; }

    private static string Describe(string path, string? tensor, string field, string problem) =>
        tensor is null ? $"{path}: {field}: {problem}" : $"{path}: tensor '{tensor}': {field}: {problem}";
}
