"""Reproduces the engine's samples, so that a peer trains on the same ones: training rows, their negatives and the minibatches.

Draws are Philox-4x32-10 of (seed, named stream, epoch, index) (Salmon et al., SC 2011), as in kernels/ForecEngine.Kernels.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


def random_bits(seed: int, stream: str, epoch: int, index: np.ndarray) -> np.ndarray:
    """64 random bits for each index of a stream (RandomSequence.Bits)."""
    name = 2166136261
    for byte in stream.encode():
        name = (name ^ byte) * 16777619 & 0xFFFFFFFF
    c0, c1, c2, c3 = index & LOW, index >> HALF, np.full_like(index, epoch), np.full_like(index, name)
    for i in range(10):
        k0, k1 = (np.uint64((key + i * weyl) & 0xFFFFFFFF) for key, weyl in ((seed, 0x9E3779B9), (seed >> 32, 0xBB67AE85)))
        product0, product1 = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (product1 >> HALF) ^ c1 ^ k0, product1 & LOW, (product0 >> HALF) ^ c3 ^ k1, product0 & LOW
    return (c1 << HALF) | c0


def scaled(bits: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Integers in [0, bound): the high half of the 128-bit product, for bounds of 31 bits (RandomSequence.Scaled)."""
    bound = bound.astype(np.uint64)
    return (((bits >> HALF) * bound + ((bits & LOW) * bound >> HALF)) >> HALF).astype(np.int64)


def keyed_order(seed: int, stream: str, epoch: int, draw: int, count: int) -> np.ndarray:
    """The element at each place of a pass (KeyedOrder): a Feistel network over pairs, repeated while the result is not below the count."""
    low = np.uint64(0xFFFFFFFF)
    a = max(1, int(np.ceil(np.sqrt(count))))
    b = (max(1, count) + a - 1) // a
    bits = int(random_bits(seed, stream, epoch, np.array([draw], dtype=np.uint64))[0])
    keys = bits & 0xFFFFFFFF, bits >> 32

    def mixed(x: np.ndarray) -> np.ndarray:
        x = (x ^ (x >> np.uint64(16))) * np.uint64(0x85EBCA6B) & low
        x = (x ^ (x >> np.uint64(13))) * np.uint64(0xC2B2AE35) & low
        return x ^ (x >> np.uint64(16))

    def moved(half: np.ndarray, other: np.ndarray, key: int, bound: int) -> np.ndarray:
        return (half + ((mixed(other + np.uint64(key) & low) >> np.uint64(16)) * np.uint64(bound) >> np.uint64(16))) % np.uint64(bound)

    elements = np.arange(count, dtype=np.uint64)
    outside = np.ones(count, dtype=bool)
    while outside.any():
        left, right = elements[outside] // np.uint64(b), elements[outside] % np.uint64(b)
        for i in range(4):
            weyl = i * 0x9E3779B9
            left = moved(left, right, (keys[0] + weyl) & 0xFFFFFFFF, a)
            right = moved(right, left, (keys[1] + weyl) & 0xFFFFFFFF, b)
        elements[outside] = left * np.uint64(b) + right
        outside = elements >= np.uint64(count)
    return elements.astype(np.int64)


@dataclass
class Market:
    """A market split by leave-one-out (src/ForecEngine.Recommenders/Data/Market.cs)."""

    name: str
    user_rows: np.ndarray  # the table row of each user
    item_rows: np.ndarray  # the table row of each item, in order of first appearance in the file
    users: np.ndarray  # the user of each training row, as an index into user_rows; rows are sorted by user, then time
    items: np.ndarray  # the item of each training row, as an index into item_rows
    seen: list[np.ndarray]  # the items of each user that are no negatives, ascending

    @staticmethod
    def read(path: Path, name: str, minimum_rows: int, exclude: str, user_row: dict[tuple[str, str], int],
             item_row: dict[str, int]) -> "Market":
        """Reads a file in XMarket's processed format. exclude: whether "all" rows or the "training" rows give no negatives; user_row and
        item_row give the model's table rows."""
        with open(path, encoding="utf-8-sig") as lines:
            header = next(lines, "").split()
            if sorted(header) != ["date", "itemId", "rate", "userId"]:
                raise ValueError(f"{path}: line 1 is not 'userId itemId rate date'")
            items: dict[str, int] = {}
            histories: dict[str, list[tuple[str, int]]] = {}
            for number, line in enumerate(lines, 2):
                row = dict(zip(header, line.split()))
                if float(row["rate"]) < 1:
                    raise ValueError(f"{path}, line {number}: a rating below 1, which this script does not support")
                histories.setdefault(row["userId"], []).append((row["date"], items.setdefault(row["itemId"], len(items))))
        kept = {user: sorted(history, key=lambda row: row[0]) for user, history in histories.items() if len(history) >= minimum_rows}
        train = [(user, item) for user, history in enumerate(kept.values()) for _, item in history[:-2]]
        return Market(
            name,
            np.array([user_row[name, user] for user in kept]),
            np.array([item_row[item] for item in items]),
            np.array([user for user, _ in train]),
            np.array([item for _, item in train]),
            [np.unique([item for _, item in (history if exclude == "all" else history[:-2])]) for history in kept.values()],
        )

    def samples(self, seed: int, epoch: int, negatives: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """An epoch's users and items as table rows, and labels: each training row is followed by its negatives (NegativeSampler)."""
        rows = np.arange(len(self.users), dtype=np.uint64)
        bits = random_bits(seed, f"negatives/{self.name}", epoch, (rows[:, None] << HALF) + np.arange(negatives, dtype=np.uint64))
        unseen = (len(self.item_rows) - np.array([len(seen) for seen in self.seen]))[self.users]
        if unseen.min() < negatives:
            raise ValueError(f"{self.name}: a user has only {unseen.min()} unseen items; this script needs {negatives}")
        drawn = np.empty((len(rows), negatives), dtype=np.int64)
        for i in range(negatives):  # Floyd's method for distinct numbers without rejection
            last = unseen - negatives + i
            number = scaled(bits[:, i], last + 1)
            drawn[:, i] = np.where((drawn[:, :i] == number[:, None]).any(axis=1), last, number)
        starts = np.searchsorted(self.users, np.arange(len(self.seen) + 1))
        for seen, of in zip(self.seen, map(slice, starts, starts[1:])):  # map numbers of unseen items to items
            drawn[of] += np.searchsorted(seen - np.arange(len(seen)), drawn[of], side="right")
        items = np.column_stack([self.items, drawn])
        labels = np.zeros(items.shape, dtype=np.float32)
        labels[:, 0] = 1
        return np.repeat(self.user_rows[self.users], 1 + negatives), self.item_rows[items].ravel(), labels.ravel()


def minibatches(seed: int, market: str, epoch: int, samples: int, size: int, count: int) -> np.ndarray:
    """The first minibatches of an epoch of maml, as indexes of its samples; -1 pads a pass's last minibatch (SampleStream)."""
    per_pass = -(-samples // size)
    passes = np.full((-(-count // per_pass), per_pass * size), -1)
    for number, places in enumerate(passes):
        places[:samples] = keyed_order(seed, f"order/maml/{market}", epoch, number, samples)
    return passes.reshape(-1, size)[:count]
