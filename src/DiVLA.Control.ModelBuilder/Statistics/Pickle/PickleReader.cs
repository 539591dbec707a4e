using Op = DiVLA.Control.ModelBuilder.Statistics.Pickle.PickleInstruction;

namespace DiVLA.Control.ModelBuilder.Statistics.Pickle;

/// <summary>Takes a pickle of numbers apart without executing it: dictionaries, lists, numbers, numpy arrays, and nothing else.</summary>
/// <remarks>Protocols 2 to 5; see Python's Lib/pickletools.py. A name outside of <see cref="NumpyGlobals"/> is refused where it is mentioned.</remarks>
internal sealed class PickleReader
{
    private const long MaxBytes = 64 << 20;

    private readonly PickleInput _input;
    private readonly PickleStack _stack;
    private readonly Dictionary<int, object?> _memo = [];

    private PickleReader(PickleInput input) => (_input, _stack) = (input, new PickleStack(input));

    /// <summary>The value that a file holds.</summary>
    /// <exception cref="PickleException">The file is damaged, or asks for something that is not allowed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static object? Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MaxBytes) throw new PickleException(path, $"has {length} bytes, at most {MaxBytes} are read.");
        return new PickleReader(new PickleInput(path, File.ReadAllBytes(path))).Run();
    }

    private object? Run()
    {
        while (_input.Next() != Op.Stop) Execute(_input.Instruction);
        return _stack.Pop();
    }

    private void Execute(Op instruction)
    {
        switch (instruction)
        {
            case Op.Proto: _input.Byte(); break;
            case Op.Frame: _input.Int64(); break;
            case Op.Mark: _stack.Mark(); break;
            case Op.Binput: _memo[_input.Byte()] = _stack.Peek(); break;
            case Op.LongBinput: _memo[_input.Int32()] = _stack.Peek(); break;
            case Op.Memoize: _memo[_memo.Count] = _stack.Peek(); break;
            case Op.Append: Append([_stack.Pop()]); break;
            case Op.Appends: Append(_stack.PopToMark()); break;
            case Op.Setitem: SetItems(_stack.Pop(2)); break;
            case Op.Setitems: SetItems(_stack.PopToMark()); break;
            case Op.Build: Build(_stack.Pop(), _stack.Peek()); break;
            default: _stack.Push(Value(instruction)); break;
        }
    }

    private object? Value(Op instruction) => instruction switch
    {
        Op.None => null,
        Op.Newtrue => true,
        Op.Newfalse => false,
        Op.Binint => (long)_input.Int32(),
        Op.Binint1 => (long)_input.Byte(),
        Op.Binint2 => (long)_input.UInt16(),
        Op.Long1 => _input.Long(),
        Op.Binfloat => _input.Float(),
        Op.Binunicode => _input.Text(_input.Int32()),
        Op.ShortBinunicode => _input.Text(_input.Byte()),
        Op.Binbytes => _input.Bytes(_input.Int32()),
        Op.ShortBinbytes => _input.Bytes(_input.Byte()),
        Op.Binbytes8 or Op.Bytearray8 => _input.Bytes(_input.Int64()),
        Op.EmptyDict => new PickleDictionary(),
        Op.EmptyList => new List<object?>(),
        Op.EmptyTuple => new PickleTuple([]),
        Op.Tuple => new PickleTuple(_stack.PopToMark()),
        Op.Tuple1 => new PickleTuple(_stack.Pop(1)),
        Op.Tuple2 => new PickleTuple(_stack.Pop(2)),
        Op.Tuple3 => new PickleTuple(_stack.Pop(3)),
        Op.Binget => Recall(_input.Byte()),
        Op.LongBinget => Recall(_input.Int32()),
        Op.Global => Global(_input.Line(), _input.Line()),
        Op.StackGlobal => StackGlobal(_stack.Pop(2)),
        Op.Reduce => Reduce(_stack.Pop(2)),
        _ => throw _input.Refused("is not a value."),
    };

    private object? Recall(int slot) =>
        _memo.TryGetValue(slot, out var value) ? value : throw _input.Refused($"nothing was remembered as {slot}.");

    private PickleGlobal StackGlobal(object?[] names) => names is [string module, string name]
        ? Global(module, name)
        : throw _input.Refused("module and name are not texts.");

    private PickleGlobal Global(string module, string name)
    {
        var global = $"{module}.{name}";
        return NumpyGlobals.IsAllowed(global)
            ? new PickleGlobal(global)
            : throw _input.Refused($"refers to '{global}'; only numpy's arrays and their element types are read.");
    }

    private object Reduce(object?[] call)
    {
        if (call is not [PickleGlobal function, PickleTuple arguments]) throw _input.Refused("calls something that is no name.");
        return NumpyGlobals.Call(function, arguments.Items) ?? throw _input.Refused($"'{function.Name}' has arguments that are not known.");
    }

    private void Append(object?[] items)
    {
        if (_stack.Peek() is not List<object?> list) throw _input.Refused("there is no list to append to.");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (_stack.Peek() is not PickleDictionary dictionary || items.Length % 2 != 0) throw _input.Refused("there is no dictionary, or half a pair.");
        foreach (var pair in items.Chunk(2))
            dictionary.Set(pair[0] as string ?? throw _input.Refused("a key is not a text."), pair[1]);
    }

    // An array's state: version, shape, element type, column-major, bytes. An element type's: version, byte order and what plain numbers lack.
    private void Build(object? state, object? target)
    {
        switch (target, (state as PickleTuple)?.Items)
        {
            case (PickleArray array, [long, PickleTuple shape, PickleDtype type, false, byte[] bytes]):
                var filled = NumpyGlobals.Array(shape, type, bytes) ?? throw _input.Refused($"an array of '{type.Name}' whose bytes do not fit its shape.");
                (array.Shape, array.Values) = (filled.Shape, filled.Values);
                break;
            case (PickleDtype, [long, "<" or "|" or "=", null, null, null, ..]):
                break;
            default:
                throw _input.Refused("is not the state of a plain array in row-major order, little endian.");
        }
    }
}
