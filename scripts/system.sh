#!/bin/sh
# Installs what the tests need of Debian, when it is missing.
set -eu
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi cjk || missing="$missing fontconfig fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v redis-server >/dev/null || missing="$missing redis-server"
[ -n "$missing" ] || exit 0
echo "Installing$missing"
sh scripts/as_root.sh apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive sh scripts/as_root.sh apt-get install -y -qq --no-install-recommends $missing >/dev/null
