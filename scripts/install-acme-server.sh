#!/usr/bin/env bash
# Unpacks Debian's ACME test server, pebble, into a folder outside the tree. Nothing of the system changes. If it
# cannot be had, tests that need it are skipped.
set -euo pipefail
folder="${SERVAL_ACME_SERVER:-${XDG_CACHE_HOME:-$HOME/.cache}/serval/acme-server}"
[ -x "$folder/usr/bin/pebble" ] && exit 0
command -v apt-get >/dev/null || { echo "apt-get is missing: tests of ACME are skipped"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq pebble >/dev/null 2>&1 || { echo "pebble cannot be downloaded: tests of ACME are skipped"; exit 0; }
mkdir -p "$folder"
dpkg-deb -x pebble_*.deb "$folder"
echo "pebble is in $folder"
