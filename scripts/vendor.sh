#!/bin/sh
# Refreshes static/vendor/ from the packages pinned in package-lock.json.
# Node is needed for this script only; the site serves the committed copies.
set -eu
cd "$(dirname "$0")/.."
npm ci --ignore-scripts --no-audit --no-fund
node scripts/vendor.mjs
# Nothing may be loaded from another host.
if grep -rnE 'url\( *.?(https?:)?//|@import +.?https?:' static/vendor static/app.css; then
  echo "static files point to another host" >&2
  exit 1
fi
