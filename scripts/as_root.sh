#!/bin/sh
# Runs a command as root: directly, or through sudo.
set -eu
if [ "$(id -u)" = 0 ]; then
    exec "$@"
elif command -v sudo >/dev/null; then
    exec sudo "$@"
fi
echo "Please run as root: $*" >&2
exit 1
