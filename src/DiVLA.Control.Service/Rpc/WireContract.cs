using DiVLA.Control.Robot;

namespace DiVLA.Control.Service;

/// <summary>Contracts between message and domain.</summary>
internal static class WireContract
{
    public static EmbodimentContract ToDomain(Wire.Contract contract) => new()
    {
        Embodiment = contract.Embodiment,
        JointNames = contract.JointNames,
        PositionLowerRad = contract.PositionLowerRad,
        PositionUpperRad = contract.PositionUpperRad,
        VelocityLimitRadPerS = contract.VelocityLimitRadPerS,
        AccelerationLimitRadPerS2 = contract.AccelerationLimitRadPerS2,
        JerkLimitRadPerS3 = contract.JerkLimitRadPerS3,
        GripperOpenWidthM = contract.GripperOpenWidthM,
        GripperClosedWidthM = contract.GripperClosedWidthM,
        ControlRateHz = contract.ControlRateHz,
        Cameras = [.. contract.Cameras.Select(camera => new ContractCamera(camera.Name, (int)camera.WidthPx, (int)camera.HeightPx))],
        StateId = contract.StateId,
        LatentId = contract.LatentId,
    };

    /// <summary>The contract as operators see it.</summary>
    public static Wire.Contract ToWire(EmbodimentContract contract) => new()
    {
        Embodiment = contract.Embodiment,
        JointNames = { contract.JointNames },
        PositionLowerRad = { contract.PositionLowerRad },
        PositionUpperRad = { contract.PositionUpperRad },
        VelocityLimitRadPerS = { contract.VelocityLimitRadPerS },
        AccelerationLimitRadPerS2 = { contract.AccelerationLimitRadPerS2 },
        JerkLimitRadPerS3 = { contract.JerkLimitRadPerS3 },
        GripperOpenWidthM = contract.GripperOpenWidthM,
        GripperClosedWidthM = contract.GripperClosedWidthM,
        ControlRateHz = contract.ControlRateHz,
        Cameras = { contract.Cameras.Select(camera => new Wire.Camera { Name = camera.Name, WidthPx = (uint)camera.WidthPx, HeightPx = (uint)camera.HeightPx }) },
        StateId = contract.StateId,
        LatentId = contract.LatentId,
    };

    /// <summary>A difference that was found by asking the robot's contract.</summary>
    public static Wire.ContractDifference ToWire(ContractMismatch mismatch) => new()
    {
        Field = mismatch.Field,
        Robot = mismatch.Own,
        Service = mismatch.Other,
    };
}
