#!/usr/bin/env bash
# Purchases are often counted by a sparse matrix of ones, in int8 to save memory. One would guess that repeated pairs add up to their
# number. In SciPy 1.10.1 (Debian 12), 300 ones of one user and item sum to 300 in a COO matrix, and to 44 once it is converted to CSR:
# repeats are added in the type of the entries, which wraps around at 127. toarray gives 44 as well. No warning is printed. With bool
# entries the sum of repeats is 1. A user who counts with SciPy should use int32 or float32. Our counts of rows are 32-bit integers.
# Needs Debian 12 and its package lists (apt-get update); nothing is installed on the machine.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-scipy python3-numpy python3-decorator \
    libblas3 liblapack3 libgfortran5 libquadmath0 liblbfgsb0
for package in *.deb; do dpkg -x "$package" root; done
cat > finding.py <<'END'
import sys
import numpy
import scipy
from scipy.sparse import coo_matrix

place = numpy.zeros(300, dtype=int)
matrix = coo_matrix((numpy.ones(300, dtype=numpy.int8), (place, place)), shape=(1, 1))
seen = int(matrix.sum()), int(matrix.tocsr().sum()), int(matrix.toarray()[0, 0])
print('SciPy', scipy.__version__, '- 300 ones of type int8 at (0, 0)')
print('sum as COO', seen[0], ' sum as CSR', seen[1], ' toarray', seen[2], ' guess 300 everywhere')
sys.exit(0 if seen == (300, 44, 44) else 1)
END
libraries=$(echo root/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 finding.py
