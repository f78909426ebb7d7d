#!/usr/bin/env bash
# Installs the clients and upstreams that `make clients` compares: Debian's packages, and npm's into a folder
# outside the tree. Only what is missing. What cannot be installed is named; tests that need it are skipped.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

scripts/install-packages.sh curl:curl wget:wget git:git node:nodejs npm:npm chromium:chromium \
  nginx:nginx-light apache2:apache2 gunicorn:gunicorn \
  /usr/lib/python3/dist-packages/requests/__init__.py:python3-requests ||
  echo "tests that need these are skipped"

# verdaccio 5 runs on node 20. Its node-fetch by number: registries may lack the tag that it names.
folder="${SERVAL_CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/serval/clients}"
if [ ! -d "$folder/node_modules/axios" ] || [ ! -d "$folder/node_modules/verdaccio" ]; then
  command -v npm >/dev/null || { echo "npm is missing: tests of axios and verdaccio are skipped"; exit 0; }
  mkdir -p "$folder"
  printf '{"private":true,"overrides":{"node-fetch":"2.7.0"}}\n' >"$folder/package.json"
  echo "installing axios and verdaccio into $folder"
  npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts --silent \
    axios@1.21.1 verdaccio@5.33.0 ||
    echo "axios and verdaccio cannot be installed: tests that need them are skipped"
fi
