using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Holds phrase slots and scene to the policy's cameras and words: what an operator may pin, the policy must be able to say.</summary>
internal sealed class SteeringCheck
{
    private readonly PolicyManifest _manifest;
    private readonly ITextTokenizer _words;
    private readonly FaultList _faults;

    public SteeringCheck(PolicyManifest manifest, ITextTokenizer words, FaultList faults) =>
        (_manifest, _words, _faults) = (manifest, words, faults);

    public void Run()
    {
        for (var index = 0; index < _manifest.PhraseSlots.Length; index++)
            Slot($"phrase_slots[{index}]", index);
        if (_manifest.Scene is { } scene) Scene(scene);
    }

    private void Slot(string field, int index)
    {
        var (slot, longest) = (_manifest.PhraseSlots[index], _manifest.Prompt.MaxPhraseTokens);
        var isFirst = !_manifest.PhraseSlots.Take(index).Any(other => other.Name == slot.Name);
        Require(isFirst, $"{field}.name", slot.Name, "a name of its own");
        var lead = Known($"{field}.after", slot.After);
        Require(lead > 0, $"{field}.after", $"'{slot.After}'", "at least one word");
        Require(
            slot.Words > 0 && lead + slot.Words <= longest,
            $"{field}.words", slot.Words, $"1 to {longest - lead}: a phrase has {longest} tokens");
        if (slot.Values is not { } values) return;
        Require(values.Length > 0, $"{field}.values", "none", "at least one, or no such member");
        Texts($"{field}.values", values, slot.Words);
    }

    private void Scene(SceneManifest scene)
    {
        Require(
            _manifest.Cameras.Any(camera => camera.Name == scene.Camera),
            "scene.camera", scene.Camera, $"one of {string.Join(", ", _manifest.Cameras.Select(camera => camera.Name))}");
        Require(scene.Kinds.Length > 0, "scene.kinds", "none", "at least one");
        Texts("scene.kinds", scene.Kinds, Array.Find(_manifest.PhraseSlots, slot => slot.Name == PhraseSlot.Object)?.Words);
    }

    private void Texts(string field, string[] texts, int? words)
    {
        for (var index = 0; index < texts.Length; index++)
        {
            var count = Known($"{field}[{index}]", texts[index]);
            Require(words is null ? count > 0 : count == words, $"{field}[{index}]", $"'{texts[index]}'", $"{words?.ToString() ?? "some"} words");
            Require(Array.IndexOf(texts, texts[index]) == index, $"{field}[{index}]", $"'{texts[index]}'", "each once");
        }
    }

    private int Known(string field, string text)
    {
        var (ids, unknown) = _words.Encode(text);
        Require(unknown.Count == 0, field, $"'{text}'", "words of tokenizer.json");
        return ids.Count;
    }

    private void Require(bool condition, string field, object? found, string expected) =>
        _faults.Require(condition, PolicyManifest.FileName, field, found, expected);
}
