using System.Text.Json.Serialization;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Kinds of instruction, evaluated apart. Printed by <see cref="InstructionGrammar.Name(TaskFamily)"/>, in JSON too.</summary>
public enum TaskFamily
{
    /// <summary>'put the red cube in the left bin'.</summary>
    [JsonStringEnumMemberName("direct")]
    Direct,

    /// <summary>The same in wordings that are held out of training.</summary>
    [JsonStringEnumMemberName("paraphrase")]
    Paraphrase,

    /// <summary>'sort the next object : warm colours left , cool colours right': the picture decides.</summary>
    [JsonStringEnumMemberName("inferential")]
    Inferential,

    /// <summary>'put the leftmost cube in the right bin', 'put the object nearest to the right bin in the left bin'.</summary>
    [JsonStringEnumMemberName("spatial")]
    Spatial,

    /// <summary>'sort all objects : cubes left , cylinders right': every object, one after the other.</summary>
    [JsonStringEnumMemberName("sort-all")]
    SortAll,

    /// <summary>As <see cref="Direct"/>, for a pair of colour and shape that is held out of training.</summary>
    [JsonStringEnumMemberName("unseen-combination")]
    UnseenCombination,
}
