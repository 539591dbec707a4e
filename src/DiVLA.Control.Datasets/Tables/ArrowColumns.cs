using Apache.Arrow;
using Apache.Arrow.Types;
using DiVLA.Control.Datasets.Format;

namespace DiVLA.Control.Datasets.Tables;

/// <summary>Columns of tables from plain values, in the types that the lerobot library gives them.</summary>
internal static class ArrowColumns
{
    // What the lerobot library calls the elements of a list.
    private const string Element = "item";

    private static readonly StringType _text = StringType.Default;

    /// <summary>Pictures as embedded files.</summary>
    public static StructType PictureType { get; } = new([new Field("bytes", BinaryType.Default, true), new Field("path", _text, true)]);

    /// <summary>Lists of phrases, with a time each where they persist.</summary>
    public static ListType LanguageType(bool isPersistent)
    {
        var fields = new List<Field> { new("role", _text, true), new("content", _text, true), new("style", _text, true) };
        if (isPersistent) fields.Add(new Field("timestamp", FloatType.Default, true));
        fields.Add(new Field("camera", _text, true));
        fields.Add(new Field("tool_calls", new ListType(Json), true));
        return new ListType(new Field(Element, new StructType(fields), true));
    }

    public static IArrowArray Integers(IReadOnlyCollection<long> values) => new Int64Array.Builder().Reserve(values.Count).AppendRange(values).Build();

    public static IArrowArray Floats(IReadOnlyCollection<float> values) => new FloatArray.Builder().Reserve(values.Count).AppendRange(values).Build();

    public static IArrowArray Doubles(IReadOnlyCollection<double> values) => new DoubleArray.Builder().Reserve(values.Count).AppendRange(values).Build();

    public static IArrowArray Booleans(IReadOnlyCollection<bool> values) => new BooleanArray.Builder().Reserve(values.Count).AppendRange(values).Build();

    public static IArrowArray Texts(IEnumerable<string?> values)
    {
        var builder = new StringArray.Builder();
        foreach (var value in values) builder.Append(value);
        return builder.Build();
    }

    /// <summary>Rows of the same number of values each.</summary>
    public static IArrowArray Vectors(IArrowArray values, int width)
    {
        var type = new FixedSizeListType(new Field(Element, values.Data.DataType, true), width);
        return new FixedSizeListArray(type, values.Length / width, values, ArrowBuffer.Empty, 0);
    }

    /// <summary>One row for every step between two offsets.</summary>
    public static IArrowArray Lists(IArrowArray values, ReadOnlySpan<int> offsets) =>
        new ListArray(new ListType(new Field(Element, values.Data.DataType, true)), offsets.Length - 1, Offsets(offsets), values, ArrowBuffer.Empty, 0);

    /// <summary>Embedded PNG files.</summary>
    public static IArrowArray Pictures(IReadOnlyList<byte[]> files, IEnumerable<string> names)
    {
        var bytes = new BinaryArray.Builder();
        foreach (var file in files) bytes.Append(file.AsSpan());
        return new StructArray(PictureType, files.Count, [bytes.Build(), Texts(names)], ArrowBuffer.Empty, 0);
    }

    /// <summary>The same phrases in every row: that is how a phrase that persists is stored.</summary>
    public static IArrowArray Phrases(IReadOnlyList<LanguageRow> phrases, int rows)
    {
        var all = Enumerable.Repeat(phrases, rows).SelectMany(row => row).ToArray();
        var type = LanguageType(isPersistent: true);
        IArrowArray[] children =
        [
            Texts(all.Select(phrase => phrase.Role)), Texts(all.Select(phrase => phrase.Content)), Texts(all.Select(phrase => phrase.Style)),
            Floats([.. all.Select(phrase => phrase.TimestampSeconds)]), Texts(all.Select(_ => (string?)null)), NoToolCalls(all.Length),
        ];
        var structs = new StructArray((StructType)type.ValueDataType, all.Length, children, ArrowBuffer.Empty, 0);
        return new ListArray(type, rows, Offsets(Steps(rows, phrases.Count)), structs, ArrowBuffer.Empty, 0);
    }

    /// <summary>Rows in which nothing was said.</summary>
    public static IArrowArray NoEvents(int rows)
    {
        var type = LanguageType(isPersistent: false);
        IArrowArray[] children = [Texts([]), Texts([]), Texts([]), Texts([]), NoToolCalls(0)];
        var structs = new StructArray((StructType)type.ValueDataType, 0, children, ArrowBuffer.Empty, 0);
        return new ListArray(type, rows, Offsets(Steps(rows, 0)), structs, ArrowBuffer.Empty, 0);
    }

    // Objects as text: the library reads them as JSON.
    private static Field Json { get; } = new(Element, _text, true);

    private static ListArray NoToolCalls(int rows)
    {
        var validity = new ArrowBuffer.BitmapBuilder().AppendRange(false, rows).Build();
        return new ListArray(new ListType(Json), rows, Offsets(Steps(rows, 0)), Texts([]), validity, rows);
    }

    private static int[] Steps(int rows, int each) => [.. Enumerable.Range(0, rows + 1).Select(row => row * each)];

    private static ArrowBuffer Offsets(ReadOnlySpan<int> offsets) => new ArrowBuffer.Builder<int>(offsets.Length).Append(offsets).Build();
}
