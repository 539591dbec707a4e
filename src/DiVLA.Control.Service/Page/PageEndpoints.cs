namespace DiVLA.Control.Service.Page;

/// <summary>Serves the operator page, which calls what everybody else calls: the JSON API.</summary>
internal static class PageEndpoints
{
    // Scripts, styles and calls of this service only; nothing inline, nothing that is made from text (trusted types), and in no frame of another page.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Maps the page and its files.</summary>
    public static void MapOperatorPage(this WebApplication app)
    {
        app.MapGet("/", (HttpContext context) => Serve(context, PageFiles.Index));
        app.MapGet("/page/{**file}", (HttpContext context, string? file) => Serve(context, file ?? ""));
    }

    private static IResult Serve(HttpContext context, string path)
    {
        if (PageFiles.Find(path) is not { } file) return Results.StatusCode(StatusCodes.Status404NotFound);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // A page of an earlier version must not steer a service of a later one.
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
    }
}
