#!/usr/bin/env bash
# Publishes out/serval: one program, compiled to machine code, that needs no .NET where it runs (decision 20).
#   scripts/build.sh                  for this machine
#   RID=linux-arm64 scripts/build.sh  for another one, into out/bin/linux-arm64
#   INSTRUCTION_SET=x86-64-v2 scripts/build.sh  for processors without AVX2
# Installs the linker where it is missing. Does nothing while all that goes into the program is the same.
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

program=out/bin/$rid/serval
[ "$rid" != "$here" ] || program=out/serval

# The commit goes into the version that the program tells.
inputs() {
  {
    echo "$rid ${INSTRUCTION_SET:-}"
    git rev-parse HEAD 2>/dev/null || true
    dotnet --version
    find src proto native/processor scripts/build.sh Directory.* global.json BannedSymbols* -type f \
      -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum
}
stamp=out/bin/$rid.inputs
now=$(inputs)
if [ -x "$program" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
  echo "$program is up to date"
  exit 0
fi

echo "building serval for $rid; this takes minutes"
if [ "$rid" = "$here" ]; then
  prefix=''
  scripts/install-packages.sh gcc:gcc objcopy:binutils /usr/include/stdio.h:libc6-dev
else
  prefix=$target-
  scripts/install-packages.sh "${prefix}gcc:${packages[0]}" "/usr/$target/include/stdio.h:${packages[1]}"
fi
rm -f "$stamp"
# Build nodes that outlive the build would hold up whoever reads its output.
dotnet publish src/Serval/Serval.csproj -c Release -o "out/bin/$rid" -v m --nologo -nodeReuse:false \
  "-p:ServalRuntime=$rid" "-p:ServalInstructionSet=${INSTRUCTION_SET:-}" \
  "-p:CppCompilerAndLinker=${prefix}gcc" "-p:ObjCopyName=${prefix}objcopy"

# What it was made of, for the bill of materials: the next restore replaces this file.
cp src/Serval/obj/project.assets.json "out/bin/$rid.assets.json"
if [ "$rid" = "$here" ]; then
  ln -sf "bin/$rid/serval" "$program"
  "$program" --version >/dev/null
fi
echo "$now" >"$stamp"
echo "built $program ($(du -h --dereference "$program" | cut -f1))"
