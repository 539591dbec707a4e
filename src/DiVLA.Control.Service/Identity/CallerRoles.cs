namespace DiVLA.Control.Service.Identity;

/// <summary>What a caller may be to the service. A credential can say several.</summary>
[Flags]
public enum CallerRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Drives arms: opens sessions.</summary>
    Robot = 1,

    /// <summary>Watches, stops, resets and steers.</summary>
    Operator = 2,

    /// <summary>Watches.</summary>
    Viewer = 4,

    /// <summary>All of them.</summary>
    All = Robot | Operator | Viewer,
}
