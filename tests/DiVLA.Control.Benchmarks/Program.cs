using DiVLA.Control.Benchmarks.Graphs;
using DiVLA.Control.Benchmarks.Rewriting;

// What each graph takes under several session options, and what each rewrite of a graph gains.
return args switch
{
    ["graphs", .. var rest] => GraphBenchmark.Run(rest),
    ["rewrites", .. var rest] => RewriteBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("graphs [BUNDLE] [RUNS]    every graph of a bundle (or of one with random weights) under several session options");
    Console.Error.WriteLine("rewrites [RUNS] [--json]  plain graphs against rewritten ones");
    return 2;
}
