#!/usr/bin/env python3
"""Compares first-order and second-order gradients in maml and forec. Both are trained on PyTorch and evaluated by forec.

For each seed, forec trains nmf++ and its own maml. From this nmf++, and on the minibatches of this maml, the script meta-trains
twice: with first-order gradients, like the engine, and with second-order gradients, like the paper's code, which also
differentiate through the inner step (Finn, Abbeel and Levine, ICML 2017):

    first     g += dL_B(theta') / markets                              theta' = theta - rate dL_A(theta)
    second    g += (I - rate ddL_A(theta)) dL_B(theta') / markets

Both are written as checkpoints of maml. `forec evaluate` scores them and `forec adapt` forks them with the same candidates and support
sets as the engine's own. The row "first, forec" is the engine's, and shows whether the script's first order agrees with it.

    maml_order.py --data xmarket --target uk --source jp --preset authors-code --out DIR

Needs numpy, PyTorch and a built forec. All seeds, orders and markets are one batch of small matrices, on one thread. With glibc,
MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=1000000000 in the environment nearly halves the time, because the
memory of Adam's temporary values is then reused from step to step.
"""

import argparse
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

FOREC = Path(__file__).resolve().parents[2] / "src/ForecEngine.Cli/bin/Release/net10.0/forec"
METRICS = ["ndcg@10", "hr@10"]
ORDERS = ["first", "second"]


def forec(options: argparse.Namespace, verb: str, *arguments: object) -> dict:
    """Runs forec and returns its JSON output."""
    result = options.out / "result.json"
    command = [options.forec, verb, "--data", options.data, "--threads", 1, "--quiet", "--json", result, *arguments]
    run = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        raise ValueError(run.stderr.strip() or f"{options.forec} {verb} ended with {run.returncode}")
    return json.loads(result.read_text())


def train(options: argparse.Namespace, method: str, seed: int) -> list[dict]:
    """Trains a method into OUT/METHOD/SEED and returns the record of its phases."""
    epochs = [] if options.epochs is None else ["--epochs", options.epochs]
    return forec(options, "train", "--method", method, "--target", options.target, "--source", options.source,
                 "--preset", options.preset, *epochs, "--seed", seed, "--cache", options.out / "cache",
                 "--out", options.out / method / str(seed))["stages"]


def read_checkpoint(path: Path) -> tuple[bytes, dict, dict[str, list[int]], bytes]:
    """The header of a safetensors file as bytes, its experiment record, its tensors' shapes in the order of the data, and the data."""
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    tensors = json.loads(content[8:start])
    record = json.loads(tensors.pop("__metadata__")["experiment"])
    ordered = sorted(tensors.items(), key=lambda tensor: tensor[1]["data_offsets"])
    return content[:start], record, {name: tensor["shape"] for name, tensor in ordered}, content[start:]


def meta_train(options: argparse.Namespace) -> None:
    """Writes OUT/{maml,first,second}/SEED/model.safetensors: the engine's checkpoint and the two of PyTorch."""
    import torch
    from engine_samples import Market
    from meta_training import MetaTraining

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # moments of untouched rows decay to denormal numbers, which are slow and negligible

    starts, headers = [], []
    for seed in options.seeds:
        before = sum(stage["epochs"] for stage in train(options, "nmf++", seed))
        train(options, "maml", seed)
        starts.append(read_checkpoint(options.out / "nmf++" / str(seed) / "model.safetensors")[3])
        header, record, shapes, _ = read_checkpoint(options.out / "maml" / str(seed) / "model.safetensors")
        headers.append(header)

    ids_path = options.out / "maml" / str(options.seeds[0]) / "model.ids.tsv"
    ids = [line.split("\t") for line in ids_path.read_text(encoding="utf-8").splitlines()]
    user_row = {(market, user): row for row, (market, user) in enumerate(of[1:] for of in ids if of[0] == "user")}
    item_row = {of[1]: row for row, of in enumerate(of for of in ids if of[0] == "item")}
    exclude = record["options"]["negatives_exclude"]
    markets = [Market.read(options.data / f"{name}_5core.txt", name, record["minimum_rows"], exclude, user_row, item_row)
               for name in (of[1] for of in ids if of[0] == "market")]

    training = MetaTraining(starts, shapes, options.seeds, markets, record["options"], before)
    start = time.perf_counter()
    for epoch, (losses, rounds) in enumerate(training.epochs(), 1):
        first, second = (statistics.mean(losses[i:i + len(options.seeds)]) for i in (0, len(options.seeds)))
        print(f"epoch {epoch}: loss {first:.5f} first, {second:.5f} second order; "
              f"{epoch * rounds / (time.perf_counter() - start):.0f} rounds/s of {len(losses)} runs", file=sys.stderr, flush=True)

    for run, (order, (seed, header)) in enumerate(itertools.product(ORDERS, zip(options.seeds, headers))):
        folder = options.out / order / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.safetensors").write_bytes(header + training.data(run))  # tensors in the order of the engine's file
        shutil.copy(ids_path, folder)


def compare(options: argparse.Namespace) -> None:
    """Prints mean ± standard deviation over the seeds, also of the differences within a seed."""
    print("| method | market | gradients | nDCG@10 | HR@10 |\n| :-- | :-- | :-- | --: | --: |")
    markets = [options.target, *options.source.split(",")]
    for (method, verb), market in itertools.product({"maml": "evaluate", "forec": "adapt"}.items(), markets):
        values = {}
        for models in ("maml", *ORDERS):
            results = [forec(options, verb, "--model", options.out / models / str(seed) / "model.safetensors", "--target", market)
                       for seed in options.seeds]
            values[models] = [[result.get("test", result)[metric] for result in results] for metric in METRICS]
        values["second - first"] = [[second - first for first, second in zip(*pair)] for pair in zip(values["first"], values["second"])]
        for models, columns in values.items():
            cells = " | ".join(f"{statistics.mean(column):.4f} ± {statistics.stdev(column):.4f}" for column in columns)
            print(f"| {method} | {market} | {'first, forec' if models == 'maml' else models} | {cells} |", flush=True)


def seed_list(text: str) -> list[int]:
    seeds = text.split(",")
    if len(set(seeds)) < 2 or len(set(seeds)) < len(seeds) or not all(seed.isdecimal() for seed in seeds):
        raise argparse.ArgumentTypeError(f"expects two or more different whole numbers separated by commas, got '{text}'")
    return [int(seed) for seed in seeds]


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains maml with first- and with second-order gradients, and compares.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of NAME_5core.txt")
    parser.add_argument("--target", required=True, metavar="M")
    parser.add_argument("--source", required=True, metavar="M,M")
    parser.add_argument("--preset", choices=["paper", "authors-code"], default="paper", help="(default: paper)")
    parser.add_argument("--seeds", type=seed_list, default="1,2,3,4,5", metavar="N,N", help="two or more (default: 1,2,3,4,5)")
    parser.add_argument("--epochs", type=int, metavar="N", help="of each phase (default: 25)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the checkpoints go")
    parser.add_argument("--forec", type=Path, default=FOREC, metavar="FILE", help="the tool (default: this tree's Release build)")
    options = parser.parse_args()
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        meta_train(options)
        compare(options)
    except ImportError as error:
        sys.exit(f"maml_order.py: {error} in {sys.executable}; Debian's python3-torch installs numpy and PyTorch for /usr/bin/python3")
    except (OSError, ValueError) as error:
        sys.exit(f"maml_order.py: {error}")


if __name__ == "__main__":
    main()
