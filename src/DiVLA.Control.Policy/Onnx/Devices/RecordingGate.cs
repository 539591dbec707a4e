namespace DiVLA.Control.Policy.Onnx.Devices;

/// <summary>Lets work on a device go on side by side, except while a graph's kernels are recorded.</summary>
/// <remarks>
/// ONNX Runtime records in CUDA's global mode, in which a copy or an allocation of any other thread spoils the recording. Recordings are made at the
/// first run of a graph's binding; afterwards nobody ever waits here. A recording waits for graphs that are being loaded before it closes the gate, so
/// that arms already at work wait for a recording at most, never for a load. Entering and leaving allocates nothing.
/// </remarks>
internal sealed class RecordingGate
{
    private readonly Lock _loads = new();
    private readonly object _state = new();
    private int _running;
    private bool _isRecording;

    /// <summary>Waits until the device may be used in this way; leave by disposing of the turn, on the same thread.</summary>
    public Turn Enter(DeviceUse use)
    {
        if (use == DeviceUse.Run) BeginRun();
        else _loads.Enter();
        if (use == DeviceUse.Record) BeginRecording();
        return new Turn(this, use);
    }

    private void Leave(DeviceUse use)
    {
        if (use == DeviceUse.Record) EndRecording();
        if (use == DeviceUse.Run) EndRun();
        else _loads.Exit();
    }

    private void BeginRun()
    {
        lock (_state)
        {
            while (_isRecording) Monitor.Wait(_state);
            _running++;
        }
    }

    private void EndRun()
    {
        lock (_state)
            if (--_running == 0) Monitor.PulseAll(_state);
    }

    private void BeginRecording()
    {
        lock (_state)
        {
            _isRecording = true;
            while (_running > 0) Monitor.Wait(_state);
        }
    }

    private void EndRecording()
    {
        lock (_state)
        {
            _isRecording = false;
            Monitor.PulseAll(_state);
        }
    }

    /// <summary>A stay behind the gate.</summary>
    internal readonly struct Turn(RecordingGate gate, DeviceUse use) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => gate.Leave(use);
    }
}

/// <summary>What a device is used for.</summary>
internal enum DeviceUse
{
    /// <summary>To run graphs, copy or allocate.</summary>
    Run,

    /// <summary>To load a graph: takes long.</summary>
    Load,

    /// <summary>To record a graph's kernels: nothing else may happen.</summary>
    Record,
}
