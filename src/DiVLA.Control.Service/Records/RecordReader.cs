using DiVLA.Control.Service.Identity;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Records;

/// <summary>Answers questions about what was recorded, of sessions that are open and of those that are over. Any thread.</summary>
internal sealed class RecordReader(ServiceOptions options, ReasoningRecorder recorder) : IDisposable
{
    // Questions take a processor from the arms: few at once are enough for people.
    private const int QuestionsAtOnce = 2;
    private readonly SemaphoreSlim _questions = new(QuestionsAtOnce);

    /// <summary>False where nothing is recorded.</summary>
    public bool IsOn => recorder.IsOn;

    /// <summary>Asks one question, after everything that was told before has been written.</summary>
    /// <exception cref="SqliteException">The database cannot be read.</exception>
    public async Task<T> AskAsync<T>(Func<RecordQuestions, T> question, RobotScope robots, CancellationToken cancellation)
    {
        await recorder.FlushAsync();
        await _questions.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Ask(question, robots), cancellation);
        }
        finally
        {
            _questions.Release();
        }
    }

    public void Dispose() => _questions.Dispose();

    private T Ask<T>(Func<RecordQuestions, T> question, RobotScope robots)
    {
        var source = new SqliteConnectionStringBuilder { DataSource = options.Records.File, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        using var connection = new SqliteConnection(source.ToString());
        connection.Open();
        return question(new RecordQuestions(connection, robots));
    }
}
