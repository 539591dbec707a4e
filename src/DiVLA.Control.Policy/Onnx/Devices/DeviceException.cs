namespace DiVLA.Control.Policy.Onnx.Devices;

/// <summary>A device refused to copy or to give memory.</summary>
internal sealed class DeviceException(string message) : Exception(message);
