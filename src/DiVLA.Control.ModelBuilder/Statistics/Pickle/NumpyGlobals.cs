using System.Buffers.Binary;

namespace DiVLA.Control.ModelBuilder.Statistics.Pickle;

/// <summary>The few names that a pickled numpy array refers to, and what stands here for calling them.</summary>
/// <remarks>numpy 2 has moved some of them to `numpy._core`; both spellings are known.</remarks>
internal static class NumpyGlobals
{
    private const string Reconstruct = "multiarray._reconstruct";
    private const string Scalar = "multiarray.scalar";
    private const string FromBuffer = "numeric._frombuffer";
    private const string NdArray = "numpy.ndarray";
    private const string Dtype = "numpy.dtype";

    private static readonly string[] _cores = ["numpy.core.", "numpy._core."];

    /// <summary>True for a name that may be mentioned.</summary>
    public static bool IsAllowed(string name) => name is NdArray or Dtype || InCore(name) is Reconstruct or Scalar or FromBuffer;

    /// <summary>The result of a call, or null where these arguments are not known.</summary>
    public static object? Call(PickleGlobal function, object?[] arguments) => (InCore(function.Name) ?? function.Name, arguments) switch
    {
        (Reconstruct, [PickleGlobal { Name: NdArray }, ..]) => new PickleArray(),
        (Dtype, [string name, ..]) => new PickleDtype(name),
        (Scalar, [PickleDtype type, byte[] bytes]) => Numbers(type, bytes) is [var number] ? number : null,
        (FromBuffer, [byte[] bytes, PickleDtype type, PickleTuple shape, "C"]) => Array(shape, type, bytes),
        _ => null,
    };

    /// <summary>An array in row-major order; null where the bytes do not fit type and shape.</summary>
    public static PickleArray? Array(PickleTuple shape, PickleDtype type, byte[] bytes)
    {
        var sizes = shape.Items.OfType<long>().Where(size => size >= 0).ToArray();
        if (sizes.Length != shape.Items.Length || Numbers(type, bytes) is not { } values) return null;
        var count = sizes.Aggregate((Int128)1, (product, size) => product > int.MaxValue ? product : product * size);
        return count == values.Length ? new PickleArray { Shape = sizes, Values = values } : null;
    }

    private static double[]? Numbers(PickleDtype type, byte[] bytes) => type.Name switch
    {
        "f4" => Read(bytes, 4, span => BinaryPrimitives.ReadSingleLittleEndian(span)),
        "f8" => Read(bytes, 8, BinaryPrimitives.ReadDoubleLittleEndian),
        "i4" => Read(bytes, 4, span => BinaryPrimitives.ReadInt32LittleEndian(span)),
        "i8" => Read(bytes, 8, span => BinaryPrimitives.ReadInt64LittleEndian(span)),
        _ => null,
    };

    private static double[]? Read(byte[] bytes, int size, Func<ReadOnlySpan<byte>, double> read)
    {
        if (bytes.Length % size != 0) return null;
        var numbers = new double[bytes.Length / size];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = read(bytes.AsSpan(i * size, size));
        return numbers;
    }

    private static string? InCore(string name) =>
        System.Array.Find(_cores, core => name.StartsWith(core, StringComparison.Ordinal)) is { } core ? name[core.Length..] : null;
}
