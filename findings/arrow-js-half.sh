#!/usr/bin/env bash
# One would guess that a conversion to half precision rounds tiny numbers to 0 and makes numbers beyond 65504 infinite.
# The JavaScript package apache-arrow 21.2.0 turns 70000 into 2.13, 1e-8 into minus infinity, 5e-9 into NaN and 1e-30 into 4.5e-6.
# Numbers between 6e-8 and 65504 are converted correctly. One weight that L2 has pulled close to 0 is enough to spoil a table of embeddings.
# A user who shows our embeddings in a browser should send float32, or clip and round the numbers before the conversion.
# Our own code reads F16 by .NET's Half, which rounds as IEEE 754 says.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-save --prefix . apache-arrow@21.2.0
cat > finding.mjs <<'END'
import { Float16, vectorFromArray } from 'apache-arrow';

console.log('apache-arrow 21.2.0, Float16');
let asTold = true;
for (const [value, guess, told] of [
    [0.1, 0.0999755859375, 0.0999755859375], [65504, 65504, 65504], [70000, Infinity, 2.134765625],
    [1e-8, 0, -Infinity], [5e-9, 0, NaN], [1e-30, 0, 0.000004470348358154297],
]) {
    const seen = vectorFromArray([value], new Float16()).get(0);
    asTold &&= Object.is(seen, told);
    console.log(`${String(value).padEnd(6)} guess ${String(guess).padEnd(16)} seen ${seen}`);
}
process.exit(asTold ? 0 : 1);
END
node finding.mjs
