using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>Everything that keeps a JSON object from being read as a type, member by member: the serializer itself ends at the first.</summary>
internal static class MemberFaults
{
    private const int MostShown = 40;

    /// <summary>Adds what is wrong, each with the member's name first. Members that the type does not have are taken out, so that the rest can be read.</summary>
    /// <returns>False where the rest cannot be read either.</returns>
    public static bool TakeFrom(JsonObject json, JsonTypeInfo type, List<string> faults)
    {
        var members = type.Properties.Where(member => member.Set is not null).ToArray();
        string[] unknown = [.. json.Select(member => member.Key).Except(members.Select(member => member.Name))];
        foreach (var name in unknown) json.Remove(name);
        string[] wrong =
        [
            .. members.Where(member => member.IsRequired && !json.ContainsKey(member.Name)).Select(member => $"{member.Name}: is missing."),
            .. members.Where(member => json.ContainsKey(member.Name)).Select(member => FaultOf(member, json[member.Name])).OfType<string>(),
        ];
        faults.AddRange(unknown.Select(name => $"{name}: there is no such field."));
        faults.AddRange(wrong);
        return wrong.Length == 0;
    }

    private static string? FaultOf(JsonPropertyInfo member, JsonNode? value)
    {
        try
        {
            if (value is null) return member.IsSetNullable ? null : $"{member.Name}: is null, a value is needed.";
            value.Deserialize(member.PropertyType, member.Options);
            return null;
        }
        catch (JsonException)
        {
            return $"{member.Name}: is {Shown(value!)}, {Needed(member)} is needed.";
        }
    }

    private static string Shown(JsonNode value) => value.ToJsonString() is var text && text.Length > MostShown ? text[..MostShown] + "..." : text;

    private static string Needed(JsonPropertyInfo member) => member.PropertyType switch
    {
        { IsEnum: true } choice => "one of " + string.Join(", ", Enum.GetNames(choice).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)),
        var type when type == typeof(double) => "a number",
        var type when type == typeof(string) => "a text",
        var type when type == typeof(double[]) => "a list of numbers",
        var type when type == typeof(string[]) => "a list of texts",
        var type when type == typeof(double[][]) => "a list of lists of numbers",
        _ => "an object as the manual has it",
    };
}
