#!/usr/bin/env bash
# Publishes out/serval: one program, compiled to machine code, that needs no .NET where it runs (decision 20).
#   scripts/build.sh                  for this machine
#   RID=linux-arm64 scripts/build.sh  for another one, into out/bin/linux-arm64
# Installs the linker where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

case "$(uname -m)" in
  x86_64) here=linux-x64 ;;
  aarch64) here=linux-arm64 ;;
  *) echo "serval is built on x86_64 and aarch64, this is $(uname -m)" >&2; exit 1 ;;
esac
rid=${RID:-$here}
case "$rid" in
  linux-x64) target=x86_64-linux-gnu packages=(gcc-x86-64-linux-gnu libc6-dev-amd64-cross) ;;
  linux-arm64) target=aarch64-linux-gnu packages=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross) ;;
  *) echo "RID=$rid: serval is built for linux-x64 and linux-arm64" >&2; exit 1 ;;
esac

echo "building serval for $rid; after a change of its code this takes minutes"
if [ "$rid" = "$here" ]; then
  prefix=''
  scripts/install-packages.sh gcc:gcc objcopy:binutils /usr/include/stdio.h:libc6-dev
else
  prefix=$target-
  scripts/install-packages.sh "${prefix}gcc:${packages[0]}" "/usr/$target/include/stdio.h:${packages[1]}"
fi
# Build nodes that outlive the build would hold up whoever reads its output.
dotnet publish src/Serval/Serval.csproj -c Release -o "out/bin/$rid" -v m --nologo -nodeReuse:false \
  "-p:ServalRuntime=$rid" "-p:CppCompilerAndLinker=${prefix}gcc" "-p:ObjCopyName=${prefix}objcopy"

# What it was made of, for the bill of materials: the next restore replaces this file.
cp src/Serval/obj/project.assets.json "out/bin/$rid/"
program=out/bin/$rid/serval
if [ "$rid" = "$here" ]; then
  ln -sf "bin/$rid/serval" out/serval
  program=out/serval
  "$program" --version >/dev/null
fi
echo "built $program ($(du -h --dereference "$program" | cut -f1))"
