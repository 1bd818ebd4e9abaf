"""Writes golden.safetensors into its own directory: one tensor or more of F32, F64, I64, I32 and U8, made by Python's struct and
json from the description of the format alone. The header lists the names in another order than the data, which the format
allows; one name has spaces, quotes and non-ASCII letters. Run: python3 write_golden.py"""

import json
import pathlib
import struct

TENSORS = [
    # name, dtype, shape, struct code, values
    ("single", "F32", [2, 3], "f", [0.0, -0.0, 1.5, -2.25, 1e-45, float("inf")]),
    ("double", "F64", [2], "d", [0.1, -1e300]),
    ("long", "I64", [3], "q", [-(2**63), 0, 2**63 - 1]),
    ("int", "I32", [1, 2], "i", [-(2**31), 2**31 - 1]),
    ("byte", "U8", [4], "B", [0, 1, 128, 255]),
    ("scalar", "F32", [], "f", [42.0]),
    ("nothing", "F32", [0, 8], "f", []),
    ('a "name", größer 市', "U8", [1], "B", [7]),
]

entries, data = {}, b""
for name, dtype, shape, code, values in TENSORS:
    blob = struct.pack(f"<{len(values)}{code}", *values)
    entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(blob)]}
    data += blob

header = {name: entries[name] for name in sorted(entries)}
header["__metadata__"] = {"format": "pt", "note": "line one\nline two, ünïcode"}
text = json.dumps(header, ensure_ascii=False).encode()
text += b" " * (-len(text) % 8)
path = pathlib.Path(__file__).with_name("golden.safetensors")
path.write_bytes(struct.pack("<Q", len(text)) + text + data)
