namespace DiVLA.Control.Policy;

/// <summary>The stages of the model path, in the order they run.</summary>
public enum PolicyStage
{
    /// <summary>JPEG, PNG or RGB8 frames to uint8 frames.</summary>
    Decode,

    /// <summary>Frames, instruction, state and draft phrase to hidden states and the KV cache.</summary>
    Backbone,

    /// <summary>Compares the draft phrase with what the model would say now, and decodes a new one where they differ.</summary>
    Reasoning,

    /// <summary>Reasoning injected into the condition of the action head.</summary>
    Film,

    /// <summary>Noise to a latent trajectory, in the scheduler's steps.</summary>
    Diffusion,

    /// <summary>Latent trajectory to joint positions and gripper width of one make of arm.</summary>
    Embodiment,
}
