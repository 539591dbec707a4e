using System.Runtime.InteropServices;
using DiVLA.Control.ModelBuilder.Checkpoints.Lora;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;
using Microsoft.Win32.SafeHandles;

namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>What the numbers of a tensor are to the element type that they are wanted in.</summary>
internal enum TensorNumbers
{
    /// <summary>All of them are finite, and stay so.</summary>
    Fit,

    /// <summary>A finite number would become an infinite one.</summary>
    TooLarge,

    /// <summary>One is NaN or infinite as it is stored.</summary>
    NotFinite,
}

/// <summary>Copies a tensor of a file to a stream as another element type, through a buffer of fixed size, and merges an adapter's update on the way.</summary>
internal static class TensorStream
{
    private const int ElementsAtOnce = 1 << 20;

    /// <summary>Reads past the map, so that what was read does not count as the process's memory.</summary>
    public static TensorNumbers Copy(string path, TensorEntry entry, TensorDtype dtype, LowRankUpdate? update, Stream target)
    {
        var (fits, isFinite) = (true, true);
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var count = (int)Math.Min(ElementsAtOnce, entry.Count);
        var (source, numbers, converted) = (new byte[count * entry.Dtype.Size()], new float[count], new byte[count * FloatBytes.Size(dtype)]);
        for (var done = 0L; done < entry.Count; done += count)
        {
            var now = (int)Math.Min(count, entry.Count - done);
            var bytes = source.AsSpan(0, now * entry.Dtype.Size());
            Read(file, path, entry, done * entry.Dtype.Size(), bytes);
            FloatWidening.Widen(entry.Dtype, bytes, numbers);
            update?.AddTo(done, numbers.AsSpan(0, now));
            isFinite &= IsFinite(numbers.AsSpan(0, now));
            fits &= FloatBytes.Fits(dtype, numbers.AsSpan(0, now));
            FloatBytes.Write(dtype, numbers.AsSpan(0, now), converted);
            target.Write(converted, 0, now * FloatBytes.Size(dtype));
        }
        return !isFinite ? TensorNumbers.NotFinite : fits ? TensorNumbers.Fit : TensorNumbers.TooLarge;
    }

    /// <summary>True where every number of a tensor is finite. Reads past the map, as <see cref="Copy"/> does.</summary>
    public static bool IsFinite(string path, TensorEntry entry, Action<int> advance)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var count = (int)Math.Min(ElementsAtOnce, entry.Count);
        var (source, numbers) = (new byte[count * entry.Dtype.Size()], new float[count]);
        for (var done = 0L; done < entry.Count; done += count)
        {
            var now = (int)Math.Min(count, entry.Count - done);
            var bytes = source.AsSpan(0, now * entry.Dtype.Size());
            Read(file, path, entry, done * entry.Dtype.Size(), bytes);
            FloatWidening.Widen(entry.Dtype, bytes, numbers);
            advance(bytes.Length);
            if (!IsFinite(numbers.AsSpan(0, now))) return false;
        }
        return true;
    }

    // Nothing times a number that is not finite is NaN, and stays so in a sum.
    private static bool IsFinite(ReadOnlySpan<float> numbers)
    {
        var sum = 0f;
        foreach (var number in numbers) sum += number * 0;
        return sum == 0;
    }

    private static void Read(SafeFileHandle file, string path, TensorEntry entry, long offset, Span<byte> bytes)
    {
        for (var read = 0; read < bytes.Length;)
        {
            var now = RandomAccess.Read(file, bytes[read..], entry.FileOffset + offset + read);
            if (now == 0) throw new SafetensorsException(path, entry.Name, "data", "ends early.");
            read += now;
        }
    }
}

/// <summary>Floating-point types of 16 bits to 32.</summary>
internal static class FloatWidening
{
    /// <summary>True where numbers of this type can be widened.</summary>
    public static bool Accepts(SafetensorsDtype dtype) => dtype is SafetensorsDtype.F32 or SafetensorsDtype.F16 or SafetensorsDtype.BF16;

    /// <summary>Fills as many numbers as the bytes hold.</summary>
    public static void Widen(SafetensorsDtype dtype, ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        switch (dtype)
        {
            case SafetensorsDtype.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(numbers);
                break;
            case SafetensorsDtype.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var i = 0; i < halves.Length; i++) numbers[i] = (float)halves[i];
                break;
            case SafetensorsDtype.BF16:
                // bf16 is the upper half of an fp32.
                var brains = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < brains.Length; i++) numbers[i] = BitConverter.UInt32BitsToSingle((uint)brains[i] << 16);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null);
        }
    }
}
