using System.Globalization;
using System.Text.Json;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>An object of a Hugging Face configuration file. What is missing or of the wrong kind becomes a fault, and reading goes on.</summary>
internal sealed class JsonSection
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement.Clone();

    private readonly string _place;
    private readonly JsonElement _element;
    private readonly ICollection<string> _faults;

    private JsonSection(string file, string place, JsonElement element, ICollection<string> faults) =>
        (File, _place, _element, _faults) = (file, place, element, faults);

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>The file's object; null (and a fault) where the file is missing or holds something else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="faults">Takes what is wrong with it.</param>
    /// <param name="missing">What to do where it is missing; null for nothing that is known.</param>
    public static JsonSection? Open(string path, ICollection<string> faults, string? missing = null)
    {
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new JsonSection(path, $"{path}: ", document.RootElement.Clone(), faults);
            faults.Add($"{path}: is a {document.RootElement.ValueKind}, not an object.");
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add(fault is FileNotFoundException or DirectoryNotFoundException ? $"{path}: is missing{(missing is null ? "" : $"; {missing}")}." : $"{path}: {fault.Message}");
        }
        return null;
    }

    /// <summary>The element itself, for readers of their own.</summary>
    public JsonElement Element => _element;

    /// <summary>True where the object has a member of this name that is not null.</summary>
    public bool Has(string name) => _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A whole number; the default where it is left out, a fault where there is none.</summary>
    public int Integer(string name, int? @default = null) =>
        Read(name, @default ?? 0, @default is not null, "a whole number", (JsonElement value, out int number) =>
        {
            number = 0;
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number);
        });

    /// <summary>A number.</summary>
    public double Number(string name, double? @default = null) =>
        Read(name, @default ?? 0, @default is not null, "a number", (JsonElement value, out double number) =>
        {
            number = 0;
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number);
        });

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool? @default = null) =>
        Read(name, @default ?? false, @default is not null, "true or false", (JsonElement value, out bool flag) =>
        {
            flag = value.ValueKind == JsonValueKind.True;
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
        });

    /// <summary>A text.</summary>
    public string Text(string name, string? @default = null) =>
        Read(name, @default ?? "", @default is not null, "a text", (JsonElement value, out string text) =>
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            return value.ValueKind == JsonValueKind.String;
        });

    /// <summary>A list of numbers.</summary>
    public double[] Numbers(string name) =>
        Read(name, [], false, "a list of numbers", (JsonElement value, out double[] numbers) =>
        {
            var isList = value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number);
            numbers = isList ? [.. value.EnumerateArray().Select(item => item.GetDouble())] : [];
            return isList;
        });

    /// <summary>An object within this one; an empty one (and a fault) where there is none.</summary>
    public JsonSection Section(string name) => new(
        File,
        $"{_place}{name}.",
        Read(name, Nothing, false, "an object", (JsonElement value, out JsonElement section) =>
        {
            section = value.ValueKind == JsonValueKind.Object ? value : Nothing;
            return value.ValueKind == JsonValueKind.Object;
        }),
        _faults);

    /// <summary>Notes a fault of a member.</summary>
    public void Fault(string name, object? found, string needed) =>
        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{_place}{name}: is {found}, {needed} is needed."));

    /// <summary>Notes a fault of a member unless a condition holds.</summary>
    public void Require(bool condition, string name, object? found, string needed)
    {
        if (!condition) Fault(name, found, needed);
    }

    private delegate bool Parser<T>(JsonElement value, out T result);

    private T Read<T>(string name, T @default, bool isOptional, string kind, Parser<T> parse)
    {
        if (!Has(name))
        {
            if (!isOptional) _faults.Add($"{_place}{name}: is missing, {kind} is needed.");
            return @default;
        }
        var value = _element.GetProperty(name);
        if (parse(value, out var result)) return result;
        Fault(name, value.GetRawText() is { Length: > 40 } text ? text[..40] : value.GetRawText(), kind);
        return @default;
    }
}
