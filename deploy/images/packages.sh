#!/usr/bin/env bash
# Debian 12 packages for the image, of any architecture.
#   packages.sh fetch ARCH LOCK DIR   downloads what LOCK names, checks every sum, unpacks into DIR/files
#   packages.sh lock FILE             writes FILE anew with the versions that Debian serves now
# A lock has a line for each package: architecture, name, version, SHA-256.
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR
names=(libc6 libssl3 ca-certificates)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# prepare ARCH: package lists of that architecture, apart from those of this machine.
prepare() {
  options=(-qq -o APT::Architecture="$1" -o APT::Architectures="$1" -o Dir::State::lists="$work/lists-$1"
    -o Dir::Cache="$work/cache-$1" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::Languages=none)
  mkdir -p "$work/lists-$1/partial" "$work/cache-$1/archives/partial"
  apt-get "${options[@]}" update
}

# download DIR PACKAGE...
download() { (cd "$1" && shift && apt-get "${options[@]}" download "$@"); }

case "${1:-}" in
  fetch)
    arch=$2 lock=$(realpath "$3") dir=$4
    mkdir -p "$dir"/{archives,files,control}
    mapfile -t wanted < <(awk -v arch="$arch" '$1 == arch || $1 == "all" {print $2 "=" $3}' "$lock")
    [ ${#wanted[@]} -gt 0 ] || { echo "$lock names no package for $arch" >&2; exit 1; }
    prepare "$arch"
    if ! download "$dir/archives" "${wanted[@]}" 2>"$work/errors"; then
      cat "$work/errors" >&2
      echo "Debian no longer serves what $lock names: read the packages' changes, then run deploy/images/packages.sh lock $lock" >&2
      exit 3
    fi
    for archive in "$dir"/archives/*.deb; do
      name=$(dpkg-deb -f "$archive" Package)
      sum=$(sha256sum "$archive" | cut -d' ' -f1)
      grep -q " $name .* $sum\$" "$lock" || { echo "$name has the sum $sum, which is not in $lock" >&2; exit 1; }
      dpkg-deb -x "$archive" "$dir/files"
      dpkg-deb -f "$archive" >"$dir/control/$name"
    done
    ;;
  lock)
    file=$(realpath -m "$2")
    for arch in amd64 arm64; do
      prepare "$arch"
      mkdir -p "$work/$arch"
      download "$work/$arch" "${names[@]}"
    done
    {
      echo "# Debian 12 packages of the image: architecture, name, version, SHA-256. Made by deploy/images/packages.sh lock."
      for archive in "$work"/a*64/*.deb; do
        echo "$(dpkg-deb -f "$archive" Architecture) $(dpkg-deb -f "$archive" Package)" \
          "$(dpkg-deb -f "$archive" Version) $(sha256sum "$archive" | cut -d' ' -f1)"
      done | sort -u
    } >"$work/lock"
    mv "$work/lock" "$file"
    ;;
  *)
    echo "usage: packages.sh fetch ARCH LOCK DIR | packages.sh lock FILE" >&2
    exit 1
    ;;
esac
