using System.CommandLine;
using DiVLA.Control.Training.Commands;
using DiVLA.Control.Training.Native;

LibTorchLoader.Load();
var root = new RootCommand("Trains a Diffusion-VLA policy on the simulator.");
root.Add(PolicyCommand.Create());
root.Add(EmbodimentCommand.Create());
return await root.Parse(args).InvokeAsync();
