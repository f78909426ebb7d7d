#!/usr/bin/env bash
# Builds the image and imports it into the nodes of the k3d cluster.
# shellcheck source-path=SCRIPTDIR source=k3d/lib.sh
. "$(dirname "$0")/k3d/lib.sh"
need docker k3d

docker build -f deploy/images/serval.Containerfile -t "$IMAGE" .
k3d image import "$IMAGE" -c "$CLUSTER"
