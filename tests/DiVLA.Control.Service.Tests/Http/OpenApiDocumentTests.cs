using System.Text.Json;
using System.Text.RegularExpressions;
using DiVLA.Control.Service.Http;

namespace DiVLA.Control.Service.Tests.Http;

[TestFixture]
internal sealed partial class OpenApiDocumentTests
{
    private static readonly string Text = System.Text.Encoding.UTF8.GetString(OpenApiDocument.Bytes);
    private static readonly JsonElement Document = JsonDocument.Parse(Text).RootElement;

    [Test]
    public async Task Document_IsServed()
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        Assert.That(await http.GetStringAsync("openapi/v1.json"), Is.EqualTo(Text));
    }

    [TestCase("/v1/sessions", "get")]
    [TestCase("/v1/sessions/{session}", "get")]
    [TestCase("/v1/sessions/{session}/reasoning", "get")]
    [TestCase("/v1/sessions/{session}/reasoning/history", "get")]
    [TestCase("/v1/sessions/{session}/reasoning/ticks/{tick}", "get")]
    [TestCase("/v1/sessions/{session}/events", "get")]
    [TestCase("/v1/sessions/{session}/reasoning/ladder", "get")]
    [TestCase("/v1/sessions/{session}/instruction", "post")]
    [TestCase("/v1/caller", "get")]
    [TestCase("/v1/emergency-stop", "post")]
    [TestCase("/v1/sessions/{arms.session_id}/reset", "post")]
    public void Path_IsDescribed(string path, string method)
    {
        var operation = Document.GetProperty("paths").GetProperty(path).GetProperty(method);
        var inPath = operation.GetProperty("parameters").EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path");
        Assert.That(operation.GetProperty("description").GetString(), Has.Length.GreaterThan(20));
        Assert.That(inPath.Select(parameter => parameter.GetProperty("name").GetString()), Is.EquivalentTo(InBraces().Matches(path).Select(match => match.Groups[1].Value)));
        Assert.That(operation.GetProperty("responses").TryGetProperty("default", out _), Is.True);
    }

    // A path that nothing answers would be a promise that is not kept.
    [Test]
    public async Task EveryPath_IsServed()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        using var http = new HttpClient { BaseAddress = server.HttpAddress };
        foreach (var path in Document.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject())
            {
                using var request = new HttpRequestMessage(new HttpMethod(operation.Name.ToUpperInvariant()), InBraces().Replace(path.Name, "1"));
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (response.IsSuccessStatusCode) continue;
                Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("there is nothing here"), $"{operation.Name} {path.Name}");
            }
    }

    [Test]
    public void EveryReference_LeadsSomewhere()
    {
        var schemas = Document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ToArray();
        var referred = Reference().Matches(Text).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.That(referred, Is.SubsetOf(schemas));
        Assert.That(schemas, Has.Length.GreaterThan(20));
    }

    [Test]
    public void Comments_OfTheProtos_AreDescriptions()
    {
        var phrase = Document.GetProperty("components").GetProperty("schemas").GetProperty("Phrase");
        var state = Document.GetProperty("components").GetProperty("schemas").GetProperty("LadderState");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(phrase.GetProperty("description").GetString(), Is.EqualTo("A sentence of the policy's reasoning."));
            Assert.That(phrase.GetProperty("properties").GetProperty("instruction").GetProperty("description").GetString(), Is.EqualTo("The instruction it was said under."));
            Assert.That(state.GetProperty("enum").EnumerateArray().Select(word => word.GetString()), Is.EqualTo(["UNSPECIFIED", "FRESH", "REUSED", "HOLD", "STOPPED"]));
            Assert.That(state.GetProperty("description").GetString(), Does.Contain("- `HOLD`: Trajectory or observation too old"));
        }
    }

    // In JSON a field has the name of the proto, in every language that reads the protos.
    [Test]
    public void Fields_OfEveryMessage_HaveTheirOwnNames()
    {
        var files = new[] { Wire.OperationsReflection.Descriptor, Wire.ReasoningReflection.Descriptor, Wire.TypesReflection.Descriptor };
        var renamed = files.SelectMany(file => file.MessageTypes).SelectMany(message => message.Fields.InDeclarationOrder()).Where(field => field.JsonName != field.Name);
        Assert.That(renamed.Select(field => field.FullName), Is.Empty);
    }

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex InBraces();

    [GeneratedRegex("\"#/components/schemas/([^\"]+)\"")]
    private static partial Regex Reference();
}
