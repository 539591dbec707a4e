namespace DiVLA.Control.Cli.Frames;

/// <summary>What both cameras saw at one instant. RGB8, row by row.</summary>
internal sealed record FramePair(byte[] Front, byte[] Wrist);
