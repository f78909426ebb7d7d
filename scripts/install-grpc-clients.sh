#!/bin/sh
# Installs the gRPC clients of other languages that the interoperability tests call Serval with:
# @grpc/grpc-js from npm, into a folder outside the tree, and Debian's python3-grpcio.
set -eu
folder="${SERVAL_GRPC_CLIENTS:-${XDG_CACHE_HOME:-$HOME/.cache}/serval/grpc-clients}"
if [ ! -d "$folder/node_modules/@grpc/grpc-js" ]; then
    mkdir -p "$folder"
    cd "$folder"
    [ -f package.json ] || printf '{"private":true}\n' >package.json
    npm install --no-audit --no-fund --ignore-scripts --silent @grpc/grpc-js@1 @grpc/proto-loader@0
fi
if ! /usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "python3-grpcio is missing and only root can install it: apt-get install python3-grpcio" >&2
        exit 1
    fi
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-grpcio python3-protobuf
fi
echo "$folder"
