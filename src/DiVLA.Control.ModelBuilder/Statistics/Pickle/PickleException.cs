namespace DiVLA.Control.ModelBuilder.Statistics.Pickle;

/// <summary>A pickle holds something other than dictionaries of numbers, or is damaged.</summary>
public sealed class PickleException : Exception
{
    internal PickleException(string path, string problem) : base($"{path}: {problem}")
    {
    }

    internal PickleException(string path, string instruction, int offset, string problem)
        : base($"{path}: {instruction} at byte {offset}: {problem}") =>
        (Instruction, Offset) = (instruction, offset);

    /// <summary>Name of the refused instruction, as `REDUCE`; null where the file as a whole is at fault.</summary>
    public string? Instruction { get; }

    /// <summary>Where it is. Unit: bytes.</summary>
    public int? Offset { get; }
}
