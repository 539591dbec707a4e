using System.CommandLine;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli;

/// <summary>What a service keeps, where, and for how long.</summary>
internal sealed class RecordSelection
{
    private const string None = "none";
    private const long MiB = 1024 * 1024;

    private readonly Option<string?> _records = new("--records")
    {
        Description = $"Database that keeps the reasoning: phrases, pins and what every tick rests on; '{None}' keeps nothing. Default: reasoning.db in the state folder.",
        HelpName = $"FILE|{None}",
    };

    private readonly Option<int> _days = SharedOptions.Count("--records-days", "Days after which records are deleted.", 30);
    private readonly Option<int> _mib = SharedOptions.Count("--records-mib", "MiB beyond which the oldest records are deleted.", 1024);

    private readonly Option<string?> _audit = new("--audit-log")
    {
        Description = $"File that gets a JSON line for every stop, reset, pin and release; '{None}' writes none. Default: audit.jsonl in the state folder.",
        HelpName = $"FILE|{None}",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_records, _days, _mib, _audit]) command.Add(option);
    }

    /// <summary>What is kept of the reasoning.</summary>
    public RecordOptions Records(ParseResult parsed) => new()
    {
        File = FileOf(parsed.GetValue(_records), "reasoning.db"),
        MaxAge = TimeSpan.FromDays(parsed.GetValue(_days)),
        MaxBytes = parsed.GetValue(_mib) * MiB,
    };

    /// <summary>Where the audit log is; null for none.</summary>
    public string? AuditFile(ParseResult parsed) => FileOf(parsed.GetValue(_audit), "audit.jsonl");

    private static string? FileOf(string? given, string name) =>
        given == None ? null : given ?? (StateFolder.Find() is { } folder ? Path.Combine(folder, name) : null);
}
