namespace DiVLA.Control.ModelBuilder.Statistics.Pickle;

/// <summary>The values that a pickle is putting together, with the marks that begin a list of them.</summary>
internal sealed class PickleStack(PickleInput input)
{
    private readonly List<object?> _values = [];
    private readonly Stack<int> _marks = [];

    public void Mark() => _marks.Push(_values.Count);

    public void Push(object? value) => _values.Add(value);

    public object? Pop() => Pop(1)[0];

    public object? Peek() => _values.Count > Floor ? _values[^1] : throw TooFew();

    /// <summary>The last values, in the order they were pushed.</summary>
    public object?[] Pop(int count)
    {
        if (_values.Count - Floor < count) throw TooFew();
        return Take(_values.Count - count);
    }

    /// <summary>Everything since the last mark, which goes.</summary>
    public object?[] PopToMark() => _marks.TryPop(out var mark) ? Take(mark) : throw input.Refused("there is no mark.");

    // What lies below a mark is out of reach until the mark is gone.
    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    private object?[] Take(int start)
    {
        var values = _values.Slice(start, _values.Count - start).ToArray();
        _values.RemoveRange(start, values.Length);
        return values;
    }

    private PickleException TooFew() => input.Refused("there are too few values.");
}
