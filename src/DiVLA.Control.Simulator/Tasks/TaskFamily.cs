namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Kinds of instruction, evaluated apart.</summary>
public enum TaskFamily
{
    /// <summary>'put the red cube in the left bin'.</summary>
    Direct,

    /// <summary>The same in wordings that are held out of training.</summary>
    Paraphrase,

    /// <summary>'sort the next object : warm colours left , cool colours right': the picture decides.</summary>
    Inferential,
}
