#!/usr/bin/env bash
# Makes the root file system of the image, and the image itself as an OCI layout, without any daemon:
#   deploy/images/rootfs.sh                    for this machine
#   RID=linux-arm64 deploy/images/rootfs.sh    for another one
# Writes out/image/RID/{rootfs,layout,layer.tar.gz,sbom.cdx.json,size.txt}. In it: the program that
# scripts/build.sh published, the parts of Debian's glibc and OpenSSL that it loads, the authorities that
# browsers trust, one user. No shell.
# SERVAL_PACKAGES_LOCK names another list of Debian packages than packages.lock.
set -Eeuo pipefail
trap 'echo "$(basename "$0"): failed in line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/../.."

case "$(uname -m)" in
  x86_64) here=linux-x64 ;;
  aarch64) here=linux-arm64 ;;
  *) echo "the image is made on x86_64 and aarch64, this is $(uname -m)" >&2; exit 1 ;;
esac
rid=${RID:-$here}
case "$rid" in
  linux-x64) arch=amd64 triplet=x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2 ;;
  linux-arm64) arch=arm64 triplet=aarch64-linux-gnu loader=lib/ld-linux-aarch64.so.1 ;;
  *) echo "RID=$rid: the image is made for linux-x64 and linux-arm64" >&2; exit 1 ;;
esac
missing=()
for tool in apt-get dpkg-deb jq tar gzip sha256sum; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[ ${#missing[@]} -eq 0 ] || {
  echo "$(basename "$0") needs ${missing[*]}: install them, or use deploy/images/build.sh --in-stages" >&2
  exit 1
}
program=out/bin/$rid/serval
assets=out/bin/$rid.assets.json
if [ ! -x "$program" ] || [ ! -f "$assets" ]; then
  echo "$program is missing: run RID=$rid scripts/build.sh first" >&2
  exit 1
fi
lock=${SERVAL_PACKAGES_LOCK:-deploy/images/packages.lock}

out=$PWD/out/image/$rid
rm -rf "$out"
mkdir -p "$out"/{packages,rootfs,layout/blobs/sha256}
root=$out/rootfs
deploy/images/packages.sh fetch "$arch" "$lock" "$out/packages"

# What is loaded, and nothing else: no character sets, no locales, no tools. Threads, dlopen and the look-up
# of names by files and DNS are in libc itself since glibc 2.34.
lib=lib/$triplet
mkdir -p "$root"/{usr/bin,usr/lib/ssl,etc/ssl/certs,var/lib/serval,var/lib/dpkg/status.d,tmp,proc,run} \
  "$root/$lib" "$root/$(dirname "$loader")"
for name in "$(basename "$loader")" libc.so.6 libm.so.6 libssl.so.3 libcrypto.so.3; do
  found=$(find "$out/packages/files" -name "$name" -type f | head -1)
  [ -n "$found" ] || { echo "no package of $lock has $name" >&2; exit 1; }
  install -m 755 "$found" "$root/$lib/$name"
done
# Links are relative: they hold below any folder.
ln -sr "$root/$lib/$(basename "$loader")" "$root/$loader"
cat "$out"/packages/files/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
ln -sr "$root/etc/ssl/certs" "$root/usr/lib/ssl/certs"
ln -sr "$root/etc/ssl/certs/ca-certificates.crt" "$root/usr/lib/ssl/cert.pem"
install -m 755 "$program" "$root/usr/bin/serval"

cat >"$root/etc/passwd" <<'TEXT'
root:x:0:0:root:/:/sbin/nologin
serval:x:65532:65532:serval:/var/lib/serval:/sbin/nologin
TEXT
printf 'root:x:0:\nserval:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
# Scanners read these two to know what is in here.
cat >"$root/etc/os-release" <<'TEXT'
PRETTY_NAME="Serval on parts of Debian 12"
NAME="Debian GNU/Linux"
ID=debian
VERSION_ID="12"
TEXT
cp "$out"/packages/control/* "$root/var/lib/dpkg/status.d/"
chmod 1777 "$root/tmp"

# One layer. The same input gives the same bytes: sorted, without times. All is root's but the state's folder.
same=(--sort=name --mtime=@0 --numeric-owner)
tar -C "$root" "${same[@]}" --owner=0 --group=0 --exclude=./var/lib/serval -cf "$out/layer.tar" .
tar -C "$root" "${same[@]}" --owner=65532 --group=65532 -rf "$out/layer.tar" ./var/lib/serval

# blob FILE: moves it among the blobs and prints its digest and size.
blob() {
  local digest size
  digest=$(sha256sum "$1" | cut -d' ' -f1)
  size=$(stat -c %s "$1")
  mv "$1" "$out/layout/blobs/sha256/$digest"
  printf 'sha256:%s %s\n' "$digest" "$size"
}
version=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' Directory.Build.props)
diff_id=sha256:$(sha256sum "$out/layer.tar" | cut -d' ' -f1)
gzip -n -9 "$out/layer.tar"
read -r layer layer_size < <(blob "$out/layer.tar.gz")
# A name for builders, which take no links.
ln "$out/layout/blobs/sha256/${layer#sha256:}" "$out/layer.tar.gz"
jq -n --arg arch "$arch" --arg diff "$diff_id" --arg version "$version" '{
  architecture: $arch, os: "linux",
  config: {
    User: "65532:65532", Entrypoint: ["/usr/bin/serval"], WorkingDir: "/var/lib/serval",
    Env: ["PATH=/usr/bin"],
    Labels: {"org.opencontainers.image.title": "serval", "org.opencontainers.image.version": $version,
             "org.opencontainers.image.licenses": "Apache-2.0"}},
  rootfs: {type: "layers", diff_ids: [$diff]}}' >"$out/config.json"
read -r config config_size < <(blob "$out/config.json")
oci=application/vnd.oci.image
jq -n --arg oci "$oci" --arg config "$config" --argjson configSize "$config_size" \
  --arg layer "$layer" --argjson layerSize "$layer_size" '{
  schemaVersion: 2, mediaType: "\($oci).manifest.v1+json",
  config: {mediaType: "\($oci).config.v1+json", digest: $config, size: $configSize},
  layers: [{mediaType: "\($oci).layer.v1.tar+gzip", digest: $layer, size: $layerSize}]}' >"$out/manifest.json"
read -r manifest manifest_size < <(blob "$out/manifest.json")
jq -n --arg oci "$oci" --arg digest "$manifest" --argjson size "$manifest_size" --arg arch "$arch" \
  --arg version "$version" '{
  schemaVersion: 2, mediaType: "\($oci).index.v1+json",
  manifests: [{mediaType: "\($oci).manifest.v1+json", digest: $digest, size: $size,
               platform: {os: "linux", architecture: $arch},
               annotations: {"org.opencontainers.image.ref.name": $version}}]}' >"$out/layout/index.json"
printf '{"imageLayoutVersion":"1.0.0"}\n' >"$out/layout/oci-layout"

# What is in it: Debian's packages by the lock, NuGet's by what was restored for the program.
jq -n --arg version "$version" --arg arch "$arch" --arg rid "$rid" \
  --rawfile lock "$lock" --slurpfile assets "$assets" '
  ($lock | split("\n") | map(select(test("^[a-z]")) | split(" "))
    | map(select(.[0] == $arch or .[0] == "all"))
    | map({type: "library", name: .[1], version: .[2], hashes: [{alg: "SHA-256", content: .[3]}],
           purl: "pkg:deb/debian/\(.[1])@\(.[2] | @uri)?arch=\(.[0])&distro=debian-12"})) as $debian
  | ([$assets[0].targets | to_entries[] | select(.key | endswith($rid)) | .value | to_entries[]
      | select(.value.type == "package") | .key | split("/")] | unique
    | map({type: "library", name: .[0], version: .[1], purl: "pkg:nuget/\(.[0])@\(.[1])"})) as $nuget
  | {bomFormat: "CycloneDX", specVersion: "1.5", version: 1,
     metadata: {component: {type: "container", name: "serval", version: $version,
                            licenses: [{license: {id: "Apache-2.0"}}]}},
     components: ($debian + $nuget)}' >"$out/sbom.cdx.json"

bytes=$(du -sb "$root" | cut -f1)
printf 'root file system %d bytes, compressed layer %d bytes\n' "$bytes" "$layer_size" | tee "$out/size.txt"
