namespace DiVLA.Control.Service.Tests;

[TestFixture]
internal sealed class WireJsonTests
{
    [Test]
    public void Line_OfAMessage_HasProtoNamesWholeNumbersAndWordsWithoutPrefix()
    {
        var message = new Wire.SteeredAction
        {
            SessionId = "s",
            Tick = ulong.MaxValue,
            Time = new Google.Protobuf.WellKnownTypes.Timestamp { Seconds = 1_785_542_400 },
            State = Wire.LadderState.Hold,
            Reason = Wire.LadderReason.ObservationTooOld,
            JointPositionsRad = { 0.1, -1e-7 },
            Limited = true,
        };
        Assert.That(WireJson.Line(message), Is.EqualTo(
            """{"session_id":"s","robot_id":"","tick":18446744073709551615,"time":"2026-08-01T00:00:00Z","state":"HOLD","reason":"OBSERVATION_TOO_OLD","observation_sequence":0,"observation_age_ms":0,"joint_names":[],"joint_positions_rad":[0.1,-1E-07],"gripper_width_m":0,"limited":true}"""));
    }

    [Test]
    public void Line_OfABusyName_KeepsItAsInTheProto()
    {
        Assert.That(WireJson.Line(new Wire.SessionStatistics { LateOver1Ms = 3 }), Does.Contain("\"late_over_1ms\":3"));
    }

    [Test]
    public void Line_OfBytesAndQuotes_CanBeReadBack()
    {
        var picture = WireJson.Of(new Wire.Picture { Camera = "the \"front\" one", Jpeg = Google.Protobuf.ByteString.CopyFrom(1, 2, 3) });
        Assert.That((picture["camera"]!.GetValue<string>(), picture["jpeg"]!.GetValue<string>()), Is.EqualTo(("the \"front\" one", "AQID")));
    }
}
