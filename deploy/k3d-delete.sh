#!/usr/bin/env bash
# Deletes the k3d cluster and all that is in it.
# shellcheck source-path=SCRIPTDIR source=k3d/lib.sh
. "$(dirname "$0")/k3d/lib.sh"
need k3d

k3d cluster delete "$CLUSTER"
