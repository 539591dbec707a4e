namespace DiVLA.Control.Service.Identity;

/// <summary>Says at the start which credentials callers need, and warns of a private key that lies open.</summary>
internal sealed class SecurityNotice(SecurityOptions options, ILogger<SecurityNotice> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var own = ServerCertificate.Read(options).TargetCertificate;
        IdentityLines.CredentialsNeeded(logger, string.Join(" or ", Accepted()), own.Subject, new DateTimeOffset(own.NotAfter).ToUniversalTime());
        if (IsOpen(options.KeyFile)) IdentityLines.KeyIsOpen(logger, options.KeyFile);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsOpen(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file) & UnixFileMode.OtherRead) != 0;

    private IEnumerable<string> Accepted()
    {
        if (options.ClientAuthoritiesFile is { } authorities) yield return $"a client certificate of {authorities}";
        if (options.TokenKeysFile is { } keys) yield return $"a token signed by {keys}";
        if (options.TokenAuthority is { } authority) yield return $"a token of {authority}";
    }
}
