#!/bin/sh
# Makes .venv and installs the pinned packages of a requirements file into it, every one checked by its hash.
set -eu
requirements=$1
python=$(command -v python3.11 || command -v python3)
if [ ! -x .venv/bin/python ]; then
    if ! "$python" -m venv .venv 2>/dev/null; then
        rm -rf .venv
        echo "Python's venv module is missing; installing Debian's python3-venv." >&2
        sh scripts/as_root.sh apt-get install -y -qq python3-venv
        "$python" -m venv .venv
    fi
fi
# uv is several times faster than pip; where it cannot be had, pip does the same.
if .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt; then
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$requirements" && exit 0
    echo "uv failed; trying pip." >&2
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
