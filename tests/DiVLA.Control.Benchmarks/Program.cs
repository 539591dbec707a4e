using DiVLA.Control.Benchmarks.Graphs;
using DiVLA.Control.Benchmarks.Parity;
using DiVLA.Control.Benchmarks.Rewriting;

// What each graph takes under several session options, what each rewrite of a graph gains, and whether a device computes what the original did.
return args switch
{
    ["graphs", .. var rest] => GraphBenchmark.Run(rest),
    ["rewrites", .. var rest] => RewriteBenchmark.Run(rest),
    ["parity", var golden, var provider, var precision, .. var natives] => GoldenParity.Run(golden, provider, precision, natives.FirstOrDefault()),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("graphs [BUNDLE] [RUNS]    every graph of a bundle (or of one with random weights) under several session options");
    Console.Error.WriteLine("rewrites [RUNS] [--json]  plain graphs against rewritten ones");
    Console.Error.WriteLine("parity GOLDEN cpu|cuda|tensorrt f32|f16|bf16 [NATIVES]");
    Console.Error.WriteLine("                          a golden checkpoint through the whole policy, against what the original computed");
    return 2;
}
