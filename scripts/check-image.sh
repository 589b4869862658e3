#!/usr/bin/env bash
# Builds the container image without a container engine (by buildah, on a Debian made by debootstrap), says how large it is, and runs
# it as an engine would: as its user, with its root read-only and a volume for its state. Needs root, buildah and debootstrap.
# Usage: scripts/check-image.sh [NAME_OF_A_BUILT_IMAGE]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$root/build/image
release=trixie
export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=chroot
mkdir -p "$work"

say() { printf '\n== %s\n' "$*"; }

if [ $# -eq 1 ]; then
    image=$1
else
    image=localhost/tierway
    say "Making a Debian $release to build on"
    [ -d "$work/$release" ] || debootstrap --variant=minbase "$release" "$work/$release" >"$work/debootstrap.log"
    base=$(buildah from scratch)
    buildah copy --quiet "$base" "$work/$release" /
    buildah commit --quiet --rm "$base" "localhost/debian:$release"
    say 'Building the image'
    buildah bud --format docker --build-arg "DEBIAN=localhost/debian:$release" --tag "$image" --file "$root/docker/Dockerfile" "$root"
fi

say 'How large it is'
container=$(buildah from "$image")
mounted=$(buildah mount "$container")
gateway='' simulator=''
trap 'kill $gateway $simulator 2>/dev/null || true; umount -R "$work/run" 2>/dev/null || true; buildah umount "$container" >/dev/null; buildah rm "$container" >/dev/null' EXIT
printf 'uncompressed: %s KiB in %s files; compressed: %s KiB\n' "$(du --summarize --apparent-size -k "$mounted" | cut -f1)" \
    "$(find "$mounted" -type f | wc -l)" "$(tar -C "$mounted" -c . | gzip -6 | wc -c | awk '{print int($1 / 1024)}')"
(cd "$mounted" && du --apparent-size -k -d 3 . | sort -n | tail -n 12)
buildah inspect --type image --format 'user {{.OCIv1.Config.User}}, entry point {{.OCIv1.Config.Entrypoint}}, health check {{.Docker.Config.Healthcheck}}' "$image"
echo

say 'What is inside'
if [ -e "$mounted/bin/sh" ] || [ -e "$mounted/usr/bin/sh" ]; then
    printf 'there is a shell\n'
    exit 1
fi
if [ -x "$root/build/venv/bin/pyspdxtools" ]; then
    "$root/build/venv/bin/pyspdxtools" -i "$mounted/usr/share/sbom/tierway.spdx.json" && printf 'the list of contents is valid SPDX\n'
fi
ls "$mounted/var/lib/dpkg/status.d" | tr '\n' ' '

say 'Running it as an engine would'
# Engines make the places for what they mount.
mkdir -p "$work/run" "$mounted/proc"
mount --bind "$mounted" "$work/run"
mount -o remount,bind,ro "$work/run"
mount -t tmpfs -o uid=65532,gid=65532,mode=750 tmpfs "$work/run/var/lib/tierway"
mount -t tmpfs -o mode=755 tmpfs "$work/run/etc/tierway"
mount -t proc proc "$work/run/proc"
cat >"$work/run/etc/tierway/tierway.yaml" <<'CONFIG'
version: 1
server: {listen: "127.0.0.1:8080", drain_delay: 1s}
store: {sqlite: /var/lib/tierway/ledger.db}
providers:
  sim: {dialect: openai, base_url: "http://127.0.0.1:9000/v1"}
models:
  sim/sim-small: {price: {input: 0.1, output: 0.4}, context: 128000}
tiers: {small: [sim/sim-small]}
classes: {chat: {tier: small}}
classifier: {default_class: chat, rules: []}
budgets: [{scope: total, usd: 1.0, window: day, time_zone: Europe/Berlin}]
CONFIG
inside=(chroot --userspec=65532:65532 "$work/run" /usr/bin/tierway)
"${inside[@]}" --version
"${inside[@]}" simulate --listen 127.0.0.1:9000 >"$work/simulator.log" 2>&1 &
simulator=$!
"${inside[@]}" serve --config /etc/tierway/tierway.yaml >"$work/gateway.log" 2>&1 &
gateway=$!
"${inside[@]}" health --wait 10
if touch "$work/run/written" 2>/dev/null; then
    printf 'the root can be written to\n'
    exit 1
fi
ps -o uid=,gid=,rss=,args= -p "$gateway"
curl --silent --show-error --include --max-time 10 http://127.0.0.1:8080/v1/chat/completions -H 'Content-Type: application/json' \
    -d '{"model":"auto","messages":[{"role":"user","content":"Hello"}]}' | grep -i -E '^HTTP|x-tierway-(model|cost)'
ls -l "$work/run/var/lib/tierway"

say 'Ending it while a stream runs'
curl --silent --show-error --no-buffer --max-time 60 http://127.0.0.1:8080/v1/chat/completions -H 'Content-Type: application/json' \
    -d '{"model":"auto","stream":true,"metadata":{"simulate":"events=60;pace=50ms"},"messages":[{"role":"user","content":"Hello"}]}' \
    >"$work/stream" &
stream=$!
sleep 1
kill -TERM "$gateway"
if "${inside[@]}" health; then
    printf 'it says that it is ready although it drains\n'
    exit 1
fi
wait "$stream"
tail -c 20 "$work/stream"
code=0
wait "$gateway" || code=$?
kill -TERM "$simulator"
wait "$simulator" || true
printf 'the gateway ended with %s\n' "$code"
grep -q '^data: \[DONE\]' "$work/stream"
[ "$code" -eq 0 ]
