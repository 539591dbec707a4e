using DiVLA.Control.Training.Commands;
using DiVLA.Control.Training.Native;

LibTorchLoader.Load();
return await TrainingCommand.RunAsync(args);
