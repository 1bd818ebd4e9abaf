#!/usr/bin/env python3
"""The training step of NMF on PyTorch with everything on the GPU, as a peer of the engine's fused step.

The network is that of ncf_loop.py: 8-dimensional embeddings, layers 16-64-32-16-8 over the concatenation of two, the product of the other
two, a logit; binary cross-entropy; Adam with the paper's L2. The samples are on the GPU before the time is taken, cut into minibatches
and in random order, and the markets take turns. A step reads no loss. The kinds of step:

- eager: torch.optim.Adam over all rows of all tables.
- graphs: the same with fused Adam, captured as one CUDA graph per market; a step is one replay, which also picks its minibatch.
- sparse: sparse gradients of the tables and torch.optim.SparseAdam, which has no L2; Adam for the rest.
- sparse-graphs: the same in a CUDA graph, if PyTorch can capture it; last, because a failed capture can break what follows.

Prints one JSON object per kind: microseconds a step, the median of the repeats with their range, or the error.

    nmf_cuda.py --data DIRECTORY --markets ca,uk --batch 1024 --kinds eager,graphs
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch
from torch import nn

DIMENSION = 8
LAYERS = [16, 64, 32, 16, 8]
LEARNING_RATE = 0.01
L2 = 1e-7
NEGATIVES = 4
WARM_UP = 5


class Nmf(nn.Module):
    """Neural matrix factorisation (He et al., WWW 2017), up to the logit."""

    def __init__(self, users, items, sparse):
        super().__init__()
        self.user_mlp, self.item_mlp, self.user_mf, self.item_mf = (
            nn.Embedding(rows, DIMENSION, sparse=sparse) for rows in (users, items, users, items))
        for table in self.tables():
            nn.init.normal_(table.weight, std=0.01)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(LAYERS, LAYERS[1:]))
        self.output = nn.Linear(LAYERS[-1] + DIMENSION, 1)

    def tables(self):
        return [self.user_mlp, self.item_mlp, self.user_mf, self.item_mf]

    def forward(self, users, items):
        x = torch.cat([self.user_mlp(users), self.item_mlp(items)], dim=-1)
        for layer in self.layers:
            x = torch.relu(layer(x))
        product = self.user_mf(users) * self.item_mf(items)
        return self.output(torch.cat([x, product], dim=-1)).squeeze(-1)


def read(path, user_rows, item_rows):
    """The rows of a market in XMarket's format, as table rows of users and items. Markets share items, but no users."""
    own, users, items = {}, [], []
    with open(path, encoding="utf-8") as lines:
        header = next(lines).split()
        user, item = header.index("userId"), header.index("itemId")
        for line in lines:
            fields = line.split()
            users.append(own.setdefault(fields[user], user_rows + len(own)))
            items.append(item_rows.setdefault(fields[item], len(item_rows)))
    return torch.tensor(users), torch.tensor(items), user_rows + len(own)


class Minibatches:
    """A market's samples on the device: shuffled rows with negatives, cut into whole minibatches."""

    def __init__(self, users, items, batch, device):
        users, items = users.to(device), items.to(device)
        pool = items.unique()
        drawn = pool[torch.randint(len(pool), (len(items), NEGATIVES), device=device)]
        all_items = torch.cat([items[:, None], drawn], dim=1).flatten()
        all_users = users.repeat_interleave(1 + NEGATIVES)
        labels = torch.zeros(len(items), 1 + NEGATIVES, device=device)
        labels[:, 0] = 1
        order = torch.randperm(len(all_items), device=device)
        self.count = len(order) // batch
        if self.count == 0:
            raise ValueError(f"a market has {len(order)} samples, fewer than a minibatch of {batch}")
        order = order[: self.count * batch]
        self.pairs = torch.stack([all_users[order].view(-1, batch), all_items[order].view(-1, batch)], dim=1)
        self.labels = labels.flatten()[order].view(-1, batch)


def optimisers(model, sparse, captured):
    """Adam over everything, or SparseAdam over the tables and Adam over the rest."""
    how = {"lr": LEARNING_RATE, "weight_decay": L2}
    if captured:
        how |= {"capturable": True, "fused": True}
    if not sparse:
        return [torch.optim.Adam(model.parameters(), **how)]
    tables = [table.weight for table in model.tables()]
    rest = [parameter for layer in [*model.layers, model.output] for parameter in layer.parameters()]
    return [torch.optim.SparseAdam(tables, lr=LEARNING_RATE), torch.optim.Adam(rest, **how)]


def train(model, optimisers_, pairs, labels):
    for optimiser in optimisers_:
        optimiser.zero_grad(set_to_none=True)
    loss = nn.functional.binary_cross_entropy_with_logits(model(pairs[0], pairs[1]), labels)
    loss.backward()
    for optimiser in optimisers_:
        optimiser.step()


def eager(model, optimisers_, markets):
    """A function that takes step n."""

    def step(n):
        market = markets[n % len(markets)]
        place = n // len(markets) % market.count
        train(model, optimisers_, market.pairs[place], market.labels[place])

    return step


def graphs(model, optimisers_, markets):
    """The same with a graph per market. A graph takes its minibatch from a counter in the GPU's memory."""
    replays, places = [], []
    for market in markets:
        place = torch.zeros(1, dtype=torch.int64, device=market.pairs.device)

        def step():
            train(model, optimisers_, market.pairs.index_select(0, place)[0], market.labels.index_select(0, place)[0])
            place.add_(1)

        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):  # a capture needs the optimiser's state and the libraries' work space
            for _ in range(3):
                place.zero_()
                step()
        torch.cuda.current_stream().wait_stream(side)
        for optimiser in optimisers_:
            optimiser.zero_grad(set_to_none=True)
        place.zero_()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        place.zero_()
        replays.append(graph)
        places.append(place)

    def replay(n):
        turn = n % len(markets)
        if n // len(markets) % markets[turn].count == 0:
            places[turn].zero_()
        replays[turn].replay()

    return replay


def measure(step, synchronise, repeats, seconds):
    """Microseconds a step: the repeats' figures. A repeat has as many steps as take about `seconds`."""
    for n in range(WARM_UP):
        step(n)
    synchronise()
    start = time.perf_counter()
    for n in range(WARM_UP, 3 * WARM_UP):
        step(n)
    synchronise()
    steps = max(10, int(seconds * 2 * WARM_UP / (time.perf_counter() - start)))
    figures, n = [], 3 * WARM_UP
    for _ in range(repeats):
        start = time.perf_counter()
        for n in range(n, n + steps):
            step(n)
        n += 1
        synchronise()
        figures.append(1e6 * (time.perf_counter() - start) / steps)
    return figures, steps


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--markets", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--kinds", required=True)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()

    torch.manual_seed(1)
    device = torch.device(options.device)
    synchronise = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    name = torch.cuda.get_device_name() if device.type == "cuda" else "cpu"
    users, items, markets = 0, {}, []
    for market in options.markets.split(","):
        paths = [Path(options.data, f"{market}{end}.txt") for end in ("_5core", "")]
        market_users, market_items, users = read(next(path for path in paths if path.exists()), users, items)
        markets.append(Minibatches(market_users, market_items, options.batch, device))

    for kind in options.kinds.split(","):
        result = {"kind": kind, "batch": options.batch, "library": f"PyTorch {torch.__version__}", "device": name,
                  "users": users, "items": len(items)}
        sparse, captured = kind.startswith("sparse"), kind.endswith("graphs")
        try:
            model = Nmf(users, len(items), sparse).to(device)
            step = (graphs if captured else eager)(model, optimisers(model, sparse, captured), markets)
            figures, steps = measure(step, synchronise, options.repeats, options.seconds)
            median, least, most = (round(f(figures), 2) for f in (statistics.median, min, max))
            result |= {"us": median, "least": least, "most": most, "steps": steps}
        except Exception as error:  # the other kinds can still be measured
            result["error"] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        print(json.dumps(result), flush=True)
        model = step = None


if __name__ == "__main__":
    main()
