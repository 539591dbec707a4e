namespace DiVLA.Control.TestSupport.Heads;

/// <summary>Which rewrites a plain head has already; the last one, FiLM split or adaLN batched, is what makes it the real one.</summary>
[Flags]
internal enum Rewrites
{
    None = 0,

    /// <summary>The time steps' embeddings are constants.</summary>
    TimeFolded = 1,

    /// <summary>What depends on the condition alone is computed before the steps.</summary>
    ConditionHoisted = 2,

    /// <summary>GroupNorm and Mish are made of operators with kernels of their own.</summary>
    NativeOperators = 4,

    All = TimeFolded | ConditionHoisted | NativeOperators,
}
