namespace DiVLA.Control.Service.Http;

/// <summary>Tells browsers what they must not do with an answer: guess its kind, show it in a frame, run it, or hand it to a page of another site.</summary>
internal static class ProtectiveHeaders
{
    /// <summary>To be used before everything that answers.</summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        if (ForeignPages.IsGrpc(context.Request)) return next(context);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }
}
