#!/usr/bin/env python3
"""The training loops of the FOREC paper's code on PyTorch, as a peer of the engine's benches.

NMF with 8-dimensional embeddings and layers 16-64-32-16-8 on several markets in turn: for each market a DataLoader that
shuffles and collates a Dataset sample by sample, minibatches of 1024, Adam with weight_decay over all rows of all tables.
First-order MAML: for each market an adaptation batch and an evaluation batch of K samples; a clone of the model makes a gradient
step on the first, and Adam applies the clone's gradient on the second to the model.

Prints one JSON object a line: the kind of training, the library, the threads and the rate.

    ncf_loop.py --users U --items I --threads N --seconds S MARKET.samples...

A .samples file has records of int32 user, int32 item and float32 label, written by `ForecEngine.Bench summary`.
"""

import argparse
import itertools
import json
import time

import numpy
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

BATCH = 1024
DIMENSION = 8
LAYERS = [16, 64, 32, 16, 8]


class Samples(Dataset):
    """A market's (user, item, label) triples, one at a time."""

    def __init__(self, path):
        rows = numpy.fromfile(path, dtype=[("user", "<i4"), ("item", "<i4"), ("label", "<f4")])
        self.users = torch.from_numpy(rows["user"].astype("int64"))
        self.items = torch.from_numpy(rows["item"].astype("int64"))
        self.labels = torch.from_numpy(rows["label"].copy())

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.users[index], self.items[index], self.labels[index]


class Nmf(nn.Module):
    """Neural matrix factorisation (He et al., WWW 2017)."""

    def __init__(self, users, items):
        super().__init__()
        self.user_mlp = nn.Embedding(users, DIMENSION)
        self.item_mlp = nn.Embedding(items, DIMENSION)
        self.user_mf = nn.Embedding(users, DIMENSION)
        self.item_mf = nn.Embedding(items, DIMENSION)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(LAYERS, LAYERS[1:]))
        self.output = nn.Linear(LAYERS[-1] + DIMENSION, 1)

    def forward(self, users, items):
        x = torch.cat([self.user_mlp(users), self.item_mlp(items)], dim=-1)
        for layer in self.layers:
            x = torch.relu(layer(x))
        product = self.user_mf(users) * self.item_mf(items)
        return torch.sigmoid(self.output(torch.cat([x, product], dim=-1))).squeeze(-1)


def forever(loader):
    """The loader's batches, pass after pass."""
    while True:
        yield from loader


def timed(run, seconds):
    """The rate of what `run` counts, per second, over at least `seconds` after a warm-up."""
    for _ in range(5):
        run()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        count += run()
    return count / (time.perf_counter() - start)


def training(model, markets, seconds):
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-7)
    loss_function = nn.BCELoss()
    streams = [forever(DataLoader(market, batch_size=BATCH, shuffle=True)) for market in markets]
    turns = itertools.cycle(streams)

    def step():
        users, items, labels = next(next(turns))
        optimiser.zero_grad()
        loss = loss_function(model(users, items), labels)
        loss.backward()
        optimiser.step()
        loss.item()
        return len(labels)

    return timed(step, seconds)


def meta_training(model, markets, shots, users, items, seconds):
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-7)
    loss_function = nn.BCELoss()
    streams = [forever(DataLoader(market, batch_size=shots, shuffle=True)) for market in markets]
    learner = Nmf(users, items)

    def gradients(of, batch):
        batch_users, batch_items, labels = batch
        loss = loss_function(of(batch_users, batch_items), labels)
        return loss, torch.autograd.grad(loss, list(of.parameters()))

    def iteration():
        total = None
        for stream in streams:
            learner.load_state_dict(model.state_dict())
            _, inner = gradients(learner, next(stream))
            with torch.no_grad():
                for parameter, gradient in zip(learner.parameters(), inner):
                    parameter -= 0.1 * gradient
            _, outer = gradients(learner, next(stream))
            total = outer if total is None else [a + b for a, b in zip(total, outer)]
        for parameter, gradient in zip(model.parameters(), total):
            parameter.grad = gradient / len(streams)
        optimiser.step()
        return 1

    return timed(iteration, seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--shots", type=int, default=20)
    parser.add_argument("markets", nargs="+")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    markets = [Samples(path) for path in options.markets]
    common = {"library": f"PyTorch {torch.__version__}", "threads": options.threads}
    rate = training(Nmf(options.users, options.items), markets, options.seconds)
    print(json.dumps({"what": "training", "rate": rate, **common}), flush=True)
    rate = meta_training(Nmf(options.users, options.items), markets, options.shots, options.users, options.items, options.seconds)
    print(json.dumps({"what": "fomaml", "rate": rate, **common}), flush=True)


if __name__ == "__main__":
    main()
