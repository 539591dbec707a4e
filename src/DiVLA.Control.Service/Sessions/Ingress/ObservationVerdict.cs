namespace DiVLA.Control.Service.Sessions;

/// <summary>Whether an observation may be used, with what was found and what was expected. Made without allocating.</summary>
/// <param name="Refusal">Unspecified where nothing is wrong.</param>
/// <param name="Subject">Camera or joint that the refusal is about, or empty.</param>
/// <param name="Found">In the unit that the refusal implies.</param>
/// <param name="Expected">In the same unit.</param>
internal readonly record struct ObservationVerdict(Wire.ObservationRefusal Refusal, string Subject = "", double Found = 0, double Expected = 0)
{
    /// <summary>True where the observation may be used.</summary>
    public bool IsAccepted => Refusal == Wire.ObservationRefusal.Unspecified;

    /// <summary>In words, for the log and the robot. Allocates.</summary>
    public string Describe() => Refusal switch
    {
        Wire.ObservationRefusal.SequenceNotRising => $"sequence {Found}, expected more than {Expected}",
        Wire.ObservationRefusal.StampBackwards => $"captured at {Found} ns, not after the observation before ({Expected} ns)",
        Wire.ObservationRefusal.Stale => $"{Found / 1e6:F1} ms old on arrival, expected at most {Expected / 1e6:F1} ms",
        Wire.ObservationRefusal.FromTheFuture => $"captured {Found} ns after it was sent",
        Wire.ObservationRefusal.UnknownCamera => $"the session has no camera '{Subject}'",
        Wire.ObservationRefusal.MissingCamera => $"camera '{Subject}' has no frame",
        Wire.ObservationRefusal.CameraTwice => $"camera '{Subject}' has more than one frame",
        Wire.ObservationRefusal.WrongFrameSize => $"camera '{Subject}': found {Found} (pixels or bytes), expected {Expected}",
        Wire.ObservationRefusal.WrongEncoding => $"camera '{Subject}': not the encoding that the session opened with",
        Wire.ObservationRefusal.FrameTooLarge => $"camera '{Subject}': {Found} bytes, expected at most {Expected}",
        Wire.ObservationRefusal.WrongJointCount => $"{Subject}: {Found} numbers, expected {Expected}",
        Wire.ObservationRefusal.StateNotFinite => $"{Subject} has a number that is not finite",
        Wire.ObservationRefusal.StateOutOfRange => $"{Subject} is at {Found}, expected at most {Expected} away from its range",
        Wire.ObservationRefusal.RateTooHigh => $"more than {Expected} observations a second",
        _ => Refusal.ToString(),
    };
}
