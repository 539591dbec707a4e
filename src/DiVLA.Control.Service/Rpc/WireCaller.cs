using DiVLA.Control.Service.Identity;
using Google.Protobuf.WellKnownTypes;

namespace DiVLA.Control.Service;

/// <summary>Callers as messages.</summary>
internal static class WireCaller
{
    public static Wire.GetCallerResponse ToWire(Caller caller)
    {
        var response = new Wire.GetCallerResponse { Name = caller.Name, AsksForCredentials = caller != Caller.Local, Expires = caller.ExpiresAt?.ToTimestamp() };
        response.Roles.AddRange(CredentialWords.Each(caller.Roles).Select(CredentialWords.Of));
        response.Robots.AddRange(caller.Robots.Patterns);
        return response;
    }
}
