#!/usr/bin/env bash
# One would guess that a float written with all its digits is the same float after pandas has read it.
# read_csv of pandas 1.5.3 (Debian 12) reads about a third of such numbers one bit off, because its default parser does not round
# correctly; with float_precision='round_trip' it does. Python's own float() reads them right.
# Scores that are tied in our run file can differ in pandas and vice versa, so that metrics computed there break ties differently.
# A user who compares scores should pass round_trip. Our reader rounds every number correctly.
# Needs Debian 12 and its package lists (apt-get update); nothing is installed on the machine.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-pandas python3-pandas-lib python3-numpy python3-dateutil python3-six python3-tz \
    libblas3 liblapack3 libgfortran5 libquadmath0
for package in *.deb; do dpkg -x "$package" root; done
cat > finding.py <<'END'
import io
import random
import sys
import pandas

random.seed(1)
numbers = [random.random() for _ in range(10000)]
text = 'score\n' + '\n'.join(map(repr, numbers)) + '\n'


def differing(**options):
    return sum(a != b for a, b in zip(numbers, pandas.read_csv(io.StringIO(text), **options).score))


default, exact = differing(), differing(float_precision='round_trip')
print('pandas', pandas.__version__, '- 10,000 random floats written with all digits and read again')
print('guess: 0 differ; seen:', default, 'differ, with round_trip', exact)
sys.exit(0 if default > 1000 and exact == 0 else 1)
END
libraries=$(echo root/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 finding.py
