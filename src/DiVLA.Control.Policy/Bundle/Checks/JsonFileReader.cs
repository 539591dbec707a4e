using System.Text.Json;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Reads a JSON file of a bundle; whatever is wrong with it becomes a fault.</summary>
internal static class JsonFileReader
{
    /// <summary>The document, or null with a fault that says why not.</summary>
    /// <param name="folder">The bundle.</param>
    /// <param name="path">Path in the bundle.</param>
    /// <param name="options">How the document is read.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="mayHoldNull">False for our own documents, which have no optional members: a null anywhere is a fault.</param>
    public static T? Read<T>(BundleFolder folder, string path, JsonSerializerOptions options, FaultList faults, bool mayHoldNull = false)
        where T : class
    {
        try
        {
            var text = File.ReadAllBytes(folder.FullPath(path));
            using var document = JsonDocument.Parse(text);
            var count = faults.Faults.Count;
            if (!mayHoldNull || document.RootElement.ValueKind == JsonValueKind.Null) FindNulls(document.RootElement, "", path, faults);
            return faults.Faults.Count > count ? null : document.Deserialize<T>(options);
        }
        catch (JsonException error)
        {
            faults.Add(path, FieldOf(error), error.Message, "a document of this schema");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(path, "file", error is FileNotFoundException or DirectoryNotFoundException ? "no such file" : error.Message, "a file");
        }
        return null;
    }

    private static string FieldOf(JsonException error) =>
        error.Path is null or "$" ? "document" : error.Path.StartsWith("$.", StringComparison.Ordinal) ? error.Path[2..] : error.Path;

    private static void FindNulls(JsonElement element, string field, string path, FaultList faults)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                faults.Add(path, field.Length > 0 ? field : "document", "null", "a value");
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                    FindNulls(member.Value, field.Length > 0 ? $"{field}.{member.Name}" : member.Name, path, faults);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                    FindNulls(item, $"{field}[{index++}]", path, faults);
                break;
        }
    }
}
