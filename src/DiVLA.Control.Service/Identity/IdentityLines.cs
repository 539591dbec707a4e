using System.Net;
using Grpc.Core;

namespace DiVLA.Control.Service.Identity;

/// <summary>What is said about credentials. Never a word of a credential itself, its subject aside.</summary>
internal static partial class IdentityLines
{
    [LoggerMessage(200, LogLevel.Warning, "Call of {Call} by {Caller} from {Address} refused, {Status}: {Detail} ({Repeats} more since the last line)")]
    public static partial void Refused(ILogger logger, string call, string caller, IPAddress? address, StatusCode status, string detail, long repeats);

    [LoggerMessage(201, LogLevel.Error, "{Files} changed and cannot be read; what was read before is still in force")]
    public static partial void NotReadAgain(ILogger logger, Exception error, string files);

    [LoggerMessage(202, LogLevel.Warning, "{File} is a private key that everybody on this machine can read; take that right away with chmod 600")]
    public static partial void KeyIsOpen(ILogger logger, string file);

    [LoggerMessage(203, LogLevel.Information, "Callers need {Credentials}; the service's certificate is {Subject}, until {NotAfter}")]
    public static partial void CredentialsNeeded(ILogger logger, string credentials, string subject, DateTimeOffset notAfter);
}
