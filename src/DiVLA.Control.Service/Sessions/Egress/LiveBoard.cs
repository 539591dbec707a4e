using System.Threading.Channels;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Shows what is true of a session now to whoever looks. A reader that is slow misses news; the session misses nothing.</summary>
/// <param name="first">What is true at the beginning.</param>
/// <param name="maxWatchers">Readers at once.</param>
internal sealed class LiveBoard<T>(T first, int maxWatchers) where T : class
{
    private const int WatcherBacklog = 32;
    private readonly Lock _gate = new();
    private readonly List<Watch> _watches = [];
    private T _current = first;
    private bool _isClosed;

    /// <summary>What is true now. Never changed after it was shown.</summary>
    public T Current
    {
        get
        {
            lock (_gate) return _current;
        }
    }

    /// <summary>Shows news. Never waits for readers.</summary>
    public void ShowFromEgress(T news)
    {
        lock (_gate)
        {
            _current = news;
            foreach (var watch in _watches) watch.Show(news);
        }
    }

    /// <summary>Starts to watch, beginning with what is true now.</summary>
    /// <returns>Null where there are as many readers as allowed.</returns>
    public Watch? TryWatch()
    {
        lock (_gate)
        {
            if (_watches.Count >= maxWatchers) return null;
            var watch = new Watch(this, WatcherBacklog);
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

    private void Remove(Watch watch)
    {
        lock (_gate) _watches.Remove(watch);
    }

    /// <summary>One reader.</summary>
    internal sealed class Watch : IDisposable
    {
        private readonly LiveBoard<T> _board;
        private readonly Channel<T> _news;
        private long _skipped;

        public Watch(LiveBoard<T> board, int backlog)
        {
            _board = board;
            _news = Channel.CreateBounded<T>(
                new BoundedChannelOptions(backlog) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _skipped));
        }

        /// <summary>What is true now and then all news, until the session ends.</summary>
        public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellation) => _news.Reader.ReadAllAsync(cancellation);

        /// <summary>The next news that is there; false where there is none now.</summary>
        public bool TryRead(out T news)
        {
            var isRead = _news.Reader.TryRead(out var read);
            news = read!;
            return isRead;
        }

        /// <summary>News that were missed since the last time this was asked.</summary>
        public long TakeSkipped() => Interlocked.Exchange(ref _skipped, 0);

        public void Dispose() => _board.Remove(this);

        internal void Show(T news) => _news.Writer.TryWrite(news);

        internal void Close() => _news.Writer.TryComplete();
    }
}
