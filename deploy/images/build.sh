#!/usr/bin/env bash
# Builds the image with docker or buildah, whichever is there: build.sh [TAG]. Without either, rootfs.sh makes an OCI
# layout that `skopeo copy oci:out/image/RID/layout …` takes to a registry.
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/../.."
tag=${1:-localhost/serval:0.1.0}
file=deploy/images/serval.Containerfile

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
  docker build -f "$file" -t "$tag" .
elif command -v buildah >/dev/null; then
  buildah build -f "$file" -t "$tag" .
else
  echo "neither a running docker nor buildah is here: install one, or run make image-rootfs" >&2
  exit 1
fi
echo "built $tag"
