"""Linear algebra of numpy on OpenBLAS: matrix products, Cholesky factorisations with inverses, and full rankings. Each figure is one JSON
object per line, like those of ncf_loop.py. OpenBLAS is called through ctypes, because numpy has neither spotrf nor spotri.

    linear_algebra.py --threads N [--rounds R] [--users U --items I]
"""
import argparse
import ctypes
import glob
import json
import os
import time

ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("--threads", type=int, default=1)
ARGUMENTS.add_argument("--rounds", type=int, default=5)
ARGUMENTS.add_argument("--users", type=int, default=4668)
ARGUMENTS.add_argument("--items", type=int, default=5735)
OPTIONS = ARGUMENTS.parse_args()
os.environ["OPENBLAS_NUM_THREADS"] = str(OPTIONS.threads)  # before numpy loads OpenBLAS

import numpy as np  # noqa: E402

BLAS = ctypes.CDLL((glob.glob("/usr/lib/*/openblas-pthread/libopenblas.so.0") + ["libopenblas.so.0"])[0])
BLAS.openblas_get_corename.restype = ctypes.c_char_p
BLAS.openblas_get_config.restype = ctypes.c_char_p
VERSION = BLAS.openblas_get_config().decode().split()[1]
LIBRARY = f"OpenBLAS {VERSION} {BLAS.openblas_get_corename().decode()}"
RANDOM = np.random.default_rng(1)


def draw(*shape):
    return RANDOM.standard_normal(shape, dtype=np.float32)


def report(what, library, run, prepare=lambda: None):
    """Prints the median over the rounds, in calls a second."""
    seconds = []
    for _ in range(OPTIONS.rounds + 1):  # the first round is not counted
        prepared = prepare()
        start = time.perf_counter()
        run(prepared)
        seconds.append(time.perf_counter() - start)
    rate = 1 / sorted(seconds[1:])[OPTIONS.rounds // 2]
    print(json.dumps({"what": what, "library": library, "threads": OPTIONS.threads, "rate": rate}), flush=True)


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def product(n):
    a, b, c = draw(n, n), draw(n, n), np.zeros((n, n), np.float32)
    row_major, plain, size, one, zero = 101, 111, ctypes.c_int(n), ctypes.c_float(1), ctypes.c_float(0)
    report(f"product {n}", LIBRARY, lambda _: BLAS.cblas_sgemm(
        row_major, plain, plain, size, size, size, one, pointer(a), size, pointer(b), size, zero, pointer(c), size))


def inverse(n):
    factor = draw(n, 64)
    matrix = factor @ factor.T + 64 * np.eye(n, dtype=np.float32)
    size, triangle = ctypes.byref(ctypes.c_int(n)), ctypes.byref(ctypes.c_char(b"L"))

    def run(a):
        for routine in (BLAS.spotrf_, BLAS.spotri_):
            info = ctypes.c_int(0)
            routine(triangle, size, pointer(a), size, ctypes.byref(info))
            assert info.value == 0

    report(f"inverse {n}", LIBRARY, run, matrix.copy)


def best(scores, most=10):
    """The indices of the best items of each user, best first."""
    found = np.argpartition(scores, -most, axis=1)[:, -most:]
    order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1)
    return np.take_along_axis(found, order, axis=1)


def dots(dimension):
    users, items = draw(OPTIONS.users, dimension), draw(OPTIONS.items, dimension)

    def run(_):
        for start in range(0, len(users), 512):  # faster than all at once, and without all scores in memory
            best(users[start:start + 512] @ items.T)

    report(f"ranking d={dimension}", f"numpy {np.__version__} on {LIBRARY}", run)


def tower():
    """nmf: a tower 16-64-32-16-8 beside the product of vectors of 8. The users' and the items' parts of the first layer are computed
    once per user and item."""
    user, item, user_product, item_product = draw(OPTIONS.users, 8), draw(OPTIONS.items, 8), draw(OPTIONS.users, 8), draw(OPTIONS.items, 8)
    first, *layers = [(draw(inputs, outputs) / inputs ** 0.5, draw(outputs)) for inputs, outputs in ((16, 64), (64, 32), (32, 16), (16, 8))]
    head, product_head = draw(8), draw(8)
    of_user, of_item = user @ first[0][:8] + first[1], item @ first[0][8:]

    def run(_):
        for start in range(0, OPTIONS.users, 8):
            part = of_user[start:start + 8]
            hidden = (part[:, None, :] + of_item[None, :, :]).reshape(-1, 64)
            np.maximum(hidden, 0, out=hidden)
            for weight, bias in layers:
                hidden = hidden @ weight
                hidden += bias
                np.maximum(hidden, 0, out=hidden)
            scores = (hidden @ head).reshape(len(part), OPTIONS.items)
            scores += (user_product[start:start + 8] * product_head) @ item_product.T
            best(scores)

    report("ranking nmf", f"numpy {np.__version__} on {LIBRARY}", run)


product(1024)
for n in (1000, 5700):
    inverse(n)
for dimension in (8, 128):
    dots(dimension)
tower()
