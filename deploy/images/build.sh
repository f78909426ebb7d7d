#!/usr/bin/env bash
# Builds the image with docker or buildah, whichever is here. `make image` runs it after rootfs.sh.
#   build.sh [TAG]              of the root file system that rootfs.sh made; needs no image registry
#   build.sh --in-stages [TAG]  compiles in a container, for machines without .NET; takes the base images that
#                               serval.Containerfile names, or SDK_IMAGE and DEBIAN_IMAGE
# RID=linux-arm64 builds the image of that architecture; without --in-stages on an amd64 machine too.
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/../.."

stages=
if [ "${1:-}" = --in-stages ]; then
  stages=1
  shift
fi
tag=${1:-localhost/serval:0.1.0}
case "$(uname -m)" in aarch64) here=linux-arm64 ;; *) here=linux-x64 ;; esac
rid=${RID:-$here}
case "$rid" in
  linux-x64) platform=linux/amd64 ;;
  linux-arm64) platform=linux/arm64 ;;
  *) echo "RID=$rid: the image is made for linux-x64 and linux-arm64" >&2; exit 1 ;;
esac

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
  build=(docker build)
elif command -v buildah >/dev/null; then
  build=(buildah build)
else
  echo "neither a running docker nor buildah is here: install one, or run make image-rootfs" >&2
  exit 1
fi

if [ -n "$stages" ]; then
  for name in SDK_IMAGE DEBIAN_IMAGE; do
    [ -z "${!name:-}" ] || build+=(--build-arg "$name=${!name}")
  done
  build+=(-f deploy/images/serval.Containerfile)
else
  layer=out/image/$rid/layer.tar.gz
  [ -f "$layer" ] || { echo "$layer is missing: run RID=$rid make image-rootfs first" >&2; exit 1; }
  build+=(--build-arg "RID=$rid" -f deploy/images/rootfs.Containerfile)
fi
"${build[@]}" --platform "$platform" -t "$tag" .
echo "built $tag for $platform"
