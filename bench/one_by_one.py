#!/usr/bin/env python3
"""Times some cells of a finished sweep as single runs of `forec train`, one after another, to compare with the sweep's own time.

Every STEP-th cell is trained with two threads, into a temporary folder. Prints the seconds of each, and an estimate for all cells.

    one_by_one.py FOREC SWEEP DATA STEP
"""

import json
import subprocess
import sys
import tempfile
import time

forec, sweep, data, step = sys.argv[1:]
with open(f"{sweep}/manifest.json", encoding="utf-8") as manifest:
    cells = [task for task in json.load(manifest)["tasks"] if task["kind"] == "cell"]
chosen = cells[int(step) // 2::int(step)]
seconds = 0.0
for cell in chosen:
    with tempfile.TemporaryDirectory() as folder:
        line = [forec, "train", *cell["arguments"], "--data", data, "--threads", "2", "--quiet", "--out", f"{folder}/run"]
        start = time.perf_counter()
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - start
    print(f"{took:6.1f} s  {cell['name']}", flush=True)
    seconds += took
mean = seconds / len(chosen)
print(f"mean of {len(chosen)}: {mean:.1f} s; all {len(cells)}: {mean * len(cells) / 60:.0f} minutes")
