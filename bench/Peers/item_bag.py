#!/usr/bin/env python3
"""The training step of the engine's item bags on PyTorch, as a peer of the engine's benches.

A minibatch of users, each the weighted sum of the vectors of some items and the vector of a last item; logits of all items,
cross-entropy, and Adam over all rows, fused. Minibatches are made before the time is taken. Histories are random: the cost of a
step depends only on the sizes.

Prints one JSON object: the kind of training, the library, the threads and the users a second.

    item_bag.py --items N --threads T --seconds S
"""

import argparse
import itertools
import json
import time

import torch
from torch import nn
from torch.nn import functional

BATCH = 128
DIMENSION = 128
KEPT = 4  # items of a history that dropout leaves


class ItemBag(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.item_in = nn.Parameter(0.1 * torch.randn(items, DIMENSION))
        self.last_item = nn.Parameter(0.01 * torch.randn(items, DIMENSION))
        self.item_out = nn.Parameter(0.1 * torch.randn(items, DIMENSION))
        self.item_bias = nn.Parameter(torch.zeros(items))

    def forward(self, rows, offsets, weights, last):
        vectors = functional.embedding_bag(rows, self.item_in, offsets, mode="sum", per_sample_weights=weights)
        vectors = vectors + functional.embedding(last, self.last_item)
        return torch.addmm(self.item_bias, vectors, self.item_out.T)


def minibatch(items):
    return (torch.randint(items, (BATCH * KEPT,)), torch.arange(0, BATCH * KEPT, KEPT), torch.rand(BATCH * KEPT),
            torch.randint(items, (BATCH,)), torch.randint(items, (BATCH,)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = ItemBag(options.items)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003, weight_decay=5e-5, fused=True)
    batches = itertools.cycle([minibatch(options.items) for _ in range(64)])

    def step():
        rows, offsets, weights, last, targets = next(batches)
        optimiser.zero_grad()
        loss = functional.cross_entropy(model(rows, offsets, weights, last), targets)
        loss.backward()
        optimiser.step()
        loss.item()

    for _ in range(5):
        step()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < options.seconds:
        step()
        count += BATCH
    rate = count / (time.perf_counter() - start)
    print(json.dumps({"what": "item-bag", "rate": rate, "library": f"PyTorch {torch.__version__}", "threads": options.threads}))


if __name__ == "__main__":
    main()
