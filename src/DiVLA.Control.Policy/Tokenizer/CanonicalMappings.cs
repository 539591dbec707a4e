using System.Globalization;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>What Unicode says about canonical equivalence: combining classes, decompositions, and which of those compose back.</summary>
internal sealed class CanonicalMappings
{
    private const string Resource = "canonical-mappings.txt";

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];

    private CanonicalMappings()
    {
        using var stream = typeof(CanonicalMappings).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#')) Add(line.Split(' '));
    }

    /// <summary>The tables, read on first use.</summary>
    public static CanonicalMappings Unicode { get; } = new();

    /// <summary>Canonical combining class; 0 for what starts a new sequence.</summary>
    public byte ClassOf(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>One step of the canonical decomposition; empty where there is none.</summary>
    public ReadOnlySpan<int> DecompositionOf(int codePoint) => _decompositions.GetValueOrDefault(codePoint);

    /// <summary>What two code points compose to; null where they do not.</summary>
    public int? Compose(int first, int second) => _compositions.TryGetValue((first, second), out var composed) ? composed : null;

    // code point, combining class [, '+' or '-', decomposition ...]
    private void Add(string[] fields)
    {
        var codePoint = Hexadecimal(fields[0]);
        var combiningClass = byte.Parse(fields[1], CultureInfo.InvariantCulture);
        if (combiningClass > 0) _classes[codePoint] = combiningClass;
        if (fields.Length == 2) return;
        var parts = Array.ConvertAll(fields[3..], Hexadecimal);
        _decompositions[codePoint] = parts;
        if (fields[2] == "+") _compositions[(parts[0], parts[1])] = codePoint;
    }

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
