using DiVLA.Control.Cli;

return await DivlaCommand.RunAsync(args, Terminal.OfProcess(), TimeProvider.System);
