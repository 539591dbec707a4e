using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>Domain values as messages, for programs that speak the protocol by themselves.</summary>
public static class RobotMessages
{
    /// <summary>Fills a message that is used again and again.</summary>
    public static void Fill(ArmState message, in RobotState state)
    {
        Fill(message.JointPositionsRad, state.Joints.AsSpan());
        Fill(message.JointVelocitiesRadPerS, state.Velocities.AsSpan());
        Fill(message.CommandedJointsRad, state.CommandedJoints.AsSpan());
        message.GripperWidthM = state.GripperWidth;
        message.IsHolding = state.IsHolding;
    }

    /// <summary>The contract as a robot sends it.</summary>
    public static Contract From(EmbodimentContract contract)
    {
        var message = new Contract
        {
            Embodiment = contract.Embodiment,
            GripperOpenWidthM = contract.GripperOpenWidthM,
            GripperClosedWidthM = contract.GripperClosedWidthM,
            ControlRateHz = contract.ControlRateHz,
            StateId = contract.StateId,
            LatentId = contract.LatentId,
        };
        message.JointNames.AddRange(contract.JointNames);
        message.PositionLowerRad.AddRange(contract.PositionLowerRad);
        message.PositionUpperRad.AddRange(contract.PositionUpperRad);
        message.VelocityLimitRadPerS.AddRange(contract.VelocityLimitRadPerS);
        message.AccelerationLimitRadPerS2.AddRange(contract.AccelerationLimitRadPerS2);
        message.JerkLimitRadPerS3.AddRange(contract.JerkLimitRadPerS3);
        message.Cameras.AddRange(contract.Cameras.Select(camera => Camera(camera, ImageEncoding.Unspecified)));
        return message;
    }

    /// <summary>A camera of a session.</summary>
    public static Camera Camera(ContractCamera camera, ImageEncoding encoding) => new()
    {
        Name = camera.Name,
        WidthPx = (uint)camera.WidthPx,
        HeightPx = (uint)camera.HeightPx,
        Encoding = encoding,
    };

    private static void Fill(Google.Protobuf.Collections.RepeatedField<double> field, ReadOnlySpan<double> values)
    {
        field.Clear();
        foreach (var value in values) field.Add(value);
    }
}
