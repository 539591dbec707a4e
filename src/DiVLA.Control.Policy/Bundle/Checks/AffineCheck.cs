using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Holds an affine mapping to itself, to its arm and to the policy: every number of an action has its place, every joint has its number.</summary>
internal sealed class AffineCheck
{
    private readonly string _file;
    private readonly EmbodimentProfile _profile;
    private readonly AffineMapping _mapping;
    private readonly StateManifest _state;
    private readonly LatentManifest _latent;
    private readonly FaultList _faults;

    public AffineCheck(
        string file, EmbodimentProfile profile, AffineMapping mapping, StateManifest state, LatentManifest latent, FaultList faults) =>
        (_file, _profile, _mapping, _state, _latent, _faults) = (file, profile, mapping, state, latent, faults);

    public void Run()
    {
        Require(!_profile.JointNames.Contains(AffineMapping.Gripper), "joint_names", AffineMapping.Gripper, "names of joints; this one stands for the gripper");
        Names("affine.actions", _mapping.Actions, _latent.Size);
        Names("affine.states", _mapping.States, _state.Size);
        foreach (var joint in _profile.JointNames.Except(_mapping.Actions))
            _faults.Add(_file, "affine.actions", $"nothing for {joint}", "a number for every joint");
        Ranges();
        Gripper();
        Require(_profile.StateId == _mapping.StateId, "state_id", _profile.StateId, $"{_mapping.StateId}, by the statistics in `affine`");
        var latentId = _mapping.LatentIdFor(_latent.Horizon);
        Require(_profile.LatentId == latentId, "latent_id", _profile.LatentId, $"{latentId}, by the statistics in `affine`");
    }

    private void Names(string field, string[] names, int count)
    {
        Require(names.Length == count, field, $"{names.Length} names", $"{count} names");
        for (var index = 0; index < names.Length; index++)
        {
            var isKnown = names[index] == AffineMapping.Gripper || _profile.JointNames.Contains(names[index]);
            Require(isKnown, $"{field}[{index}]", names[index], $"one of {string.Join(", ", _profile.JointNames)} or {AffineMapping.Gripper}");
            Require(Array.IndexOf(names, names[index]) == index, $"{field}[{index}]", names[index], "each name once");
        }
    }

    private void Ranges()
    {
        if (Numbers("affine.action_min", _mapping.ActionMin, _latent.Size) & Numbers("affine.action_max", _mapping.ActionMax, _latent.Size))
            for (var index = 0; index < _latent.Size; index++)
                Require(
                    _mapping.ActionMin[index] < _mapping.ActionMax[index],
                    $"affine.action_min[{index}]", _mapping.ActionMin[index], $"less than action_max, {_mapping.ActionMax[index]}");
        Numbers("affine.state_mean", _mapping.StateMean, _state.Size);
        if (Numbers("affine.state_std", _mapping.StateStd, _state.Size))
            Require(Array.TrueForAll(_mapping.StateStd, std => std > 0), "affine.state_std", string.Join(", ", _mapping.StateStd), "numbers above 0");
    }

    private void Gripper()
    {
        var (closed, open) = (_mapping.GripperClosed, _mapping.GripperOpen);
        Require(closed is null == open is null, "affine.gripper_closed, gripper_open", "one of them", "both or none");
        if (closed is null || open is null) return;
        Require(double.IsFinite(closed.Value) && double.IsFinite(open.Value) && closed != open, "affine.gripper_open", open, $"a finite number other than gripper_closed, {closed}");
    }

    private bool Numbers(string field, double[] numbers, int count) =>
        Require(numbers.Length == count, field, $"{numbers.Length} numbers", $"{count} numbers")
        && Require(Array.TrueForAll(numbers, double.IsFinite), field, string.Join(", ", numbers), "finite numbers");

    private bool Require(bool condition, string field, object? found, string expected) => _faults.Require(condition, _file, field, found, expected);
}
