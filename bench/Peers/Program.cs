// TorchSharp as a peer of the engine: the same NMF on the same samples, and first-order MAML. Minibatches are created before the timing
// starts, so that only forward, backward and Adam are timed. Prints one JSON object per line, like ncf_loop.py.
//
//   ForecEngine.Peers --users U --items I --threads N --seconds S MARKET.samples...

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ForecEngine.Peers;
using TorchSharp;
using static TorchSharp.torch;

const int Batch = 1024, Shots = 20;
Dictionary<string, double> options = [];
List<string> files = [];
for (int i = 0; i < args.Length; i++)
{
    if (args[i].StartsWith("--", StringComparison.Ordinal))
        options[args[i][2..]] = double.Parse(args[++i], CultureInfo.InvariantCulture);
    else
        files.Add(args[i]);
}

int threads = (int)options["threads"], users = (int)options["users"], items = (int)options["items"];
double seconds = options["seconds"];
set_num_threads(threads);
random.manual_seed(1);
string library = $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, libtorch {torch.__version__}";

using (Nmf model = new(users, items))
    Report("training", Training(model));
using (Nmf model = new(users, items))
    Report("fomaml", MetaTraining(model));

void Report(string what, double rate) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{{\"what\": \"{what}\", \"rate\": {rate:R}, \"library\": \"{library}\", \"threads\": {threads}}}"));

double Training(Nmf model)
{
    Minibatch[][] markets = [.. files.Select(file => Minibatches(file, Batch))];
    using optim.Optimizer optimiser = optim.Adam(model.parameters(), lr: 0.01, weight_decay: 1e-7);
    int turn = 0;
    return Timed(() =>
    {
        using DisposeScope scope = NewDisposeScope();
        Minibatch[] market = markets[turn % markets.Length];
        Minibatch batch = market[turn++ / markets.Length % market.Length];
        optimiser.zero_grad();
        Tensor loss = model.Loss(batch);
        loss.backward();
        optimiser.step();
        _ = loss.item<float>();
        return (int)batch.Labels.shape[0];
    });
}

double MetaTraining(Nmf model)
{
    Minibatch[][] markets = [.. files.Select(file => Minibatches(file, Shots))];
    using Nmf learner = new(users, items);
    Tensor[] parameters = [.. model.parameters()], adapted = [.. learner.parameters()];
    using optim.Optimizer optimiser = optim.Adam(model.parameters(), lr: 0.01, weight_decay: 1e-7);
    Tensor[] gradients = [.. parameters.Select(parameter => zeros_like(parameter).detach())];
    foreach ((Tensor parameter, Tensor gradient) in parameters.Zip(gradients))
        parameter.grad = gradient;
    int next = 0;
    return Timed(() =>
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor gradient in gradients)
            gradient.zero_();
        foreach (Minibatch[] market in markets)
        {
            using (no_grad())
            {
                foreach ((Tensor from, Tensor to) in parameters.Zip(adapted))
                    to.copy_(from);
            }

            Tensor[] inner = [.. autograd.grad([learner.Loss(market[next % market.Length])], adapted)];
            using (no_grad())
            {
                foreach ((Tensor parameter, Tensor gradient) in adapted.Zip(inner))
                    parameter.sub_(gradient * 0.1);
            }

            Tensor[] outer = [.. autograd.grad([learner.Loss(market[(next + 1) % market.Length])], adapted)];
            foreach ((Tensor sum, Tensor gradient) in gradients.Zip(outer))
                sum.add_(gradient, alpha: 1.0 / markets.Length);
        }

        next += 2;
        optimiser.step();
        return 1;
    });
}

double Timed(Func<int> run)
{
    for (int i = 0; i < 20; i++)
        run();
    long count = 0, start = Stopwatch.GetTimestamp();
    while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        count += run();
    return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static Minibatch[] Minibatches(string file, int size)
{
    Sample[] samples = [.. MemoryMarshal.Cast<byte, Sample>(File.ReadAllBytes(file))];
    return [.. samples.Chunk(size).Select(part => new Minibatch(
        tensor(part.Select(s => (long)s.User).ToArray()),
        tensor(part.Select(s => (long)s.Item).ToArray()),
        tensor(part.Select(s => s.Label).ToArray())))];
}
