#!/usr/bin/env bash
# Installs what tests and measurements use beside .NET, on Debian and its kin, and only what is missing. Without
# root it says what is missing and goes on: tests that need it are skipped with that reason.
set -uo pipefail

declare -A package_of=(
  [curl]=curl [gcc]=gcc [python3]=python3 [wrk]=wrk [nginx]=nginx-light [haproxy]=haproxy
  [go]=golang-go [shellcheck]=shellcheck [jq]=jq
)
missing=()
for command in "${!package_of[@]}"; do
  # Daemons are in sbin, which is not on every user's path.
  PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null || missing+=("${package_of[$command]}")
done
[ -e /usr/include/linux/io_uring.h ] || missing+=(linux-libc-dev)
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
[ -e /usr/include/seccomp.h ] || missing+=(libseccomp-dev)
# What tests/chart-tool is made of.
declare -A library_of=(
  [github.com/Masterminds/sprig]=golang-github-masterminds-sprig-dev
  [github.com/xeipuuv/gojsonschema]=golang-github-xeipuuv-gojsonschema-dev
  [sigs.k8s.io/yaml]=golang-k8s-sigs-yaml-dev
)
for library in "${!library_of[@]}"; do
  [ -e "/usr/share/gocode/src/$library" ] || missing+=("${library_of[$library]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "not installed, and this is not root: ${missing[*]}"
    exit 0
  fi
  as_root=(sudo -n)
fi
command -v apt-get >/dev/null || { echo "no apt-get here; please install: ${missing[*]}"; exit 0; }

echo "installing: ${missing[*]}"
# nginx and HAProxy are wanted as programs, not as services that take port 80 at once.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq &&
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
  echo "could not install: ${missing[*]}; tests that need them are skipped"
exit 0
