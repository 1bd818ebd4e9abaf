#!/usr/bin/env bash
# One would guess that a CSV whose rows end in one comma too many gives an error or a column without a name.
# read_csv of pandas 1.5.3 (Debian 12) takes the first column for row labels and shifts the names: with the header user,item,rating the
# column "user" holds the items, "item" the ratings, and "rating" is empty. There is no warning.
# The keyword index_col=False restores the columns.
# A user who prepares a market with pandas should count distinct users before training; our reader refuses a row of four fields
# under a header of three. Needs Debian 12 and its package lists (apt-get update); nothing is installed on the machine.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-pandas python3-pandas-lib python3-numpy python3-dateutil python3-six python3-tz \
    libblas3 liblapack3 libgfortran5 libquadmath0
for package in *.deb; do dpkg -x "$package" root; done
cat > finding.py <<'END'
import io
import sys
import pandas

frame = pandas.read_csv(io.StringIO('user,item,rating\nu1,i1,5,\nu2,i2,4,\n'))
print('pandas', pandas.__version__)
print('guess: an error, or user u1, item i1, rating 5')
print('seen: ', ', '.join(f'{name} {frame[name].iloc[0]}' for name in frame.columns))
sys.exit(0 if list(frame['user']) == ['i1', 'i2'] and list(frame['item']) == [5, 4] and frame['rating'].isna().all() else 1)
END
libraries=$(echo root/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$libraries:$libraries/blas:$libraries/lapack PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 finding.py
