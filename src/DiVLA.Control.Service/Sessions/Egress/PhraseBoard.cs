using System.Threading.Channels;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Shows the phrase that steers a session to whoever looks. A reader that is slow misses phrases; the session misses nothing.</summary>
internal sealed class PhraseBoard(int maxWatchers)
{
    private const int WatcherBacklog = 32;
    private readonly Lock _gate = new();
    private readonly List<PhraseWatch> _watches = [];
    private Wire.Phrase _current = new();
    private bool _isClosed;

    /// <summary>The phrase now. Never changed after it was shown.</summary>
    public Wire.Phrase Current
    {
        get
        {
            lock (_gate) return _current;
        }
    }

    /// <summary>Shows another phrase. Never waits for readers.</summary>
    public void ShowFromEgress(Wire.Phrase phrase)
    {
        lock (_gate)
        {
            _current = phrase;
            foreach (var watch in _watches) watch.Show(phrase);
        }
    }

    /// <summary>Starts to watch, beginning with the phrase now.</summary>
    /// <returns>Null where there are as many readers as allowed.</returns>
    public PhraseWatch? TryWatch()
    {
        lock (_gate)
        {
            if (_watches.Count >= maxWatchers) return null;
            var watch = new PhraseWatch(this, WatcherBacklog);
            watch.Show(_current);
            if (_isClosed) watch.Close();
            _watches.Add(watch);
            return watch;
        }
    }

    /// <summary>Ends every watch after what it has not read yet.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var watch in _watches) watch.Close();
        }
    }

    private void Remove(PhraseWatch watch)
    {
        lock (_gate) _watches.Remove(watch);
    }

    /// <summary>One reader.</summary>
    internal sealed class PhraseWatch : IDisposable
    {
        private readonly PhraseBoard _board;
        private readonly Channel<Wire.Phrase> _changes;
        private long _skipped;

        public PhraseWatch(PhraseBoard board, int backlog)
        {
            _board = board;
            _changes = Channel.CreateBounded<Wire.Phrase>(
                new BoundedChannelOptions(backlog) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _skipped));
        }

        /// <summary>The phrase now and then every change, until the session ends.</summary>
        public IAsyncEnumerable<Wire.Phrase> ReadAllAsync(CancellationToken cancellation) => _changes.Reader.ReadAllAsync(cancellation);

        /// <summary>Changes that were missed since the last time this was asked.</summary>
        public long TakeSkipped() => Interlocked.Exchange(ref _skipped, 0);

        public void Dispose() => _board.Remove(this);

        internal void Show(Wire.Phrase phrase) => _changes.Writer.TryWrite(phrase);

        internal void Close() => _changes.Writer.TryComplete();
    }
}
