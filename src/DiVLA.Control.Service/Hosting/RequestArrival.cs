using DiVLA.Control.Robot;
using Microsoft.AspNetCore.Http.Features;

namespace DiVLA.Control.Service;

/// <summary>When a request arrived: before it was routed, checked and read.</summary>
internal sealed record RequestArrival(MonotonicTime At)
{
    /// <summary>Takes the time. To be used before everything else.</summary>
    public static Task NoteAsync(HttpContext context, RequestDelegate next)
    {
        context.Features.Set(new RequestArrival(MonotonicTime.Now(context.RequestServices.GetRequiredService<ServiceOptions>().Clock)));
        return next(context);
    }

    /// <summary>When the request of a call arrived. Service clock.</summary>
    public static MonotonicTime Of(HttpContext context) => context.Features.GetRequiredFeature<RequestArrival>().At;
}
