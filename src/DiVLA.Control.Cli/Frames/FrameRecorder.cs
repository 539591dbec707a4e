using System.Globalization;
using System.Threading.Channels;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Cli.Frames;

/// <summary>Writes every episode's pictures into a folder of its own, and a contact sheet of the first ones. Files are written beside the control path.</summary>
internal sealed class FrameRecorder : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Channel<IReadOnlyList<FramePair>> _episodes = Channel.CreateUnbounded<IReadOnlyList<FramePair>>();
    private readonly ContactSheet _sheet = new();
    private readonly Task _writing;

    public FrameRecorder(string directory)
    {
        _directory = Directory.CreateDirectory(directory).FullName;
        Collector = new FrameCollector((_, frames) => _episodes.Writer.TryWrite(frames));
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Takes the pictures.</summary>
    public SimulatedRobotWatcher Collector { get; }

    /// <summary>Finishes writing.</summary>
    public async ValueTask DisposeAsync()
    {
        _episodes.Writer.Complete();
        await _writing;
        _sheet.Save(Path.Combine(_directory, "contact-sheet.png"));
    }

    private async Task WriteAsync()
    {
        var number = 0;
        await foreach (var frames in _episodes.Reader.ReadAllAsync())
        {
            var folder = Directory.CreateDirectory(Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"episode-{++number:000}"))).FullName;
            for (var i = 0; i < frames.Count; i++)
            {
                Save(frames[i].Front, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"front-{i:000}.png")));
                Save(frames[i].Wrist, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"wrist-{i:000}.png")));
            }
            _sheet.Add(frames);
        }
    }

    private static void Save(byte[] frame, string path)
    {
        var picture = new Picture(Camera.Size, Camera.Size);
        picture.Paste(frame, 0, 0, 1);
        picture.Save(path);
    }
}
