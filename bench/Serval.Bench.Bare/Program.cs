using Serval.Bench.Bare;

// One worker, pinned by whoever starts it: taskset -c 0 Serval.Bench.Bare --port P --origin P
new Forwarder(new Settings(args)).Run();
