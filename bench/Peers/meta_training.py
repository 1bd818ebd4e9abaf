"""maml on PyTorch (Bonab et al., CIKM 2021, Algorithm 1, lines 2 to 10), with first-order and with second-order gradients.

A run is an order of gradients and a seed. PyTorch's overhead a call is far larger than the arithmetic of 20 samples, so all runs train
at once: the first dimension of a parameter is the run, that of a minibatch the group, which is a market of a run. Each
group adapts its own copy of the dense parameters and of the table rows in its minibatches A and B.
"""

from collections.abc import Iterator

import numpy as np
import torch
from engine_samples import Market, minibatches
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

ADAM_RATE = 0.01  # if the record has no learning rate
TABLES = ["embedding_user_mlp.weight", "embedding_item_mlp.weight", "embedding_user_mf.weight", "embedding_item_mf.weight"]
ORDERS = 2  # first, then second


class MetaTraining:
    """The last phase of `forec train --method maml` (src/ForecEngine.Recommenders/Adaptation) for each order and seed."""

    def __init__(self, starts: list[bytes], shapes: dict[str, list[int]], seeds: list[int], markets: list[Market], options: dict,
                 before: int):
        """Starts from the checkpoint data of each seed's nmf++; `before` is the number of epochs of its phases."""
        self.seeds, self.markets, self.options, self.before = seeds, markets, options, before
        one_order = torch.from_numpy(np.stack([np.frombuffer(start, np.float32) for start in starts]))
        self.weights = torch.nn.Parameter(one_order.repeat(ORDERS, 1))
        self.weights.grad = torch.zeros_like(self.weights)
        self.values, self.gradients = self.parameters(self.weights.data, shapes), self.parameters(self.weights.grad, shapes)
        self.dense = [name for name in shapes if name not in TABLES]
        self.layers = sum(name.startswith("fc_layers.") for name in self.dense) // 2
        self.adam = torch.optim.Adam([self.weights], lr=options["learning_rate"] or ADAM_RATE, weight_decay=options["l2"])
        self.run = torch.arange(len(self.weights)).repeat_interleave(len(markets))[:, None]  # the run of each group
        self.second = self.run >= len(seeds)

    @staticmethod
    def parameters(flat: Tensor, shapes: dict[str, list[int]]) -> dict[str, Tensor]:
        """The tensors of all runs, as views of the file's flat data."""
        parts = flat.split([int(np.prod(shape)) for shape in shapes.values()], dim=1)
        return {name: part.unflatten(1, shape) for (name, shape), part in zip(shapes.items(), parts)}

    def data(self, run: int) -> bytes:
        """A run's parameters as the data of a checkpoint."""
        return self.weights[run].detach().numpy().tobytes()

    def epochs(self) -> Iterator[tuple[list[float], int]]:
        """Trains, and yields after each epoch each run's mean loss on B and the number of rounds."""
        drawn: list[list[tuple[np.ndarray, ...]]] = []
        for epoch in range(self.options["epochs"]):
            if self.options["redraw_negatives"] or not drawn:
                draw = self.before + epoch if self.options["redraw_negatives"] else 0  # without redraws, those of nmf++ are used
                drawn = [[market.samples(seed, draw, self.options["negatives"]) for market in self.markets] for seed in self.seeds]
            rounds = list(zip(*self.minibatches(drawn, epoch)))
            losses = sum(self.round(*batches) for batches in rounds)
            yield (losses / len(rounds)).tolist(), len(rounds)

    def minibatches(self, drawn: list[list[tuple[np.ndarray, ...]]], epoch: int) -> list[Tensor]:
        """An epoch's users, items, labels and weights, each [rounds, A or B, groups, samples]; padding has weight 0."""
        shots = self.options["shots"]
        rounds = max(1, max(-(-len(users) // shots) for users, _, _ in drawn[0]) // 2)
        groups = []
        for seed, samples in zip(self.seeds, drawn):
            for market, columns in zip(self.markets, samples):
                places = minibatches(seed, market.name, epoch, len(columns[0]), shots, 2 * rounds)
                real = (places >= 0).astype(np.float32)
                groups.append([column[places] for column in columns] + [real / real.sum(axis=1, keepdims=True)])
        stacked = (torch.from_numpy(np.stack(column, axis=1)) for column in zip(*groups))
        return [column.repeat(1, ORDERS, 1).view(rounds, 2, -1, shots) for column in stacked]

    def round(self, users: Tensor, items: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """Adapts every group on A, and makes a step of Adam with the gradients on B; returns each run's mean loss on B."""
        rate, share = self.options["inner_rate"], 1 / len(self.markets)
        ids = [users, items, users, items]  # as TABLES
        rows_a, rows_b = ([self.values[name][self.run, of[batch]].requires_grad_() for name, of in zip(TABLES, ids)] for batch in (0, 1))
        dense = [self.values[name].repeat_interleave(len(self.markets), dim=0).requires_grad_() for name in self.dense]

        inner = torch.autograd.grad(self.losses(rows_a, dense, labels[0], weights[0]).sum(), rows_a + dense, create_graph=True)
        # First and second order differ only here: in first order, the inner gradient is a constant for the outer one.
        inner = [torch.where(self.second.view(-1, *[1] * (g.dim() - 1)), g, g.detach()) for g in inner]
        # The inner step has moved a table row in B by the gradients of all samples in A that have the same row.
        same = [(of[1][:, :, None] == of[0][:, None, :]).float() for of in (users, items)] * 2
        adapted_rows = [row - rate * torch.bmm(of_row, g) for row, of_row, g in zip(rows_b, same, inner)]
        adapted_dense = [value - rate * g for value, g in zip(dense, inner[len(TABLES):])]
        losses = self.losses(adapted_rows, adapted_dense, labels[1], weights[1])
        outer = list(torch.autograd.grad(share * losses.sum(), rows_a + rows_b + dense))

        self.weights.grad.zero_()
        for batch in (0, 1):
            for name, of in zip(TABLES, ids):
                self.gradients[name].index_put_((self.run, of[batch]), outer.pop(0), accumulate=True)
        for name, g in zip(self.dense, outer):
            self.gradients[name].copy_(g.unflatten(0, (-1, len(self.markets))).sum(dim=1))
        self.adam.step()
        return losses.detach().view(-1, len(self.markets)).mean(dim=1)

    def losses(self, rows: list[Tensor], dense: list[Tensor], labels: Tensor, weights: Tensor) -> Tensor:
        """Each group's mean binary cross-entropy of NMF's logits (He et al., WWW 2017)."""
        value = dict(zip(self.dense, dense))

        def layer(name: str, x: Tensor) -> Tensor:
            return torch.baddbmm(value[f"{name}.bias"][:, None], x, value[f"{name}.weight"].transpose(1, 2))

        user_mlp, item_mlp, user_mf, item_mf = rows
        x = torch.cat([user_mlp, item_mlp], dim=2)
        for i in range(self.layers):
            x = torch.relu(layer(f"fc_layers.{i}", x))
        logits = layer("affine_output", torch.cat([x, user_mf * item_mf], dim=2)).squeeze(2)
        return (weights * binary_cross_entropy_with_logits(logits, labels, reduction="none")).sum(dim=1)
