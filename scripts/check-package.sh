#!/usr/bin/env bash
# Proves the Debian package: builds it, installs it into a fresh system of the release of this machine, uses it there, removes and
# purges it, and looks for what is left. Needs root and debootstrap; takes a minute after the build.
# Usage: scripts/check-package.sh [FOLDER_OF_A_FINISHED_BUILD]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath "${1:-$root/build/release}")
work=$root/build/package
release=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")

say() { printf '\n== %s\n' "$*"; }
inside() { chroot "$work/system" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
everything() { (cd "$work/system" && find . -xdev \( -path ./proc -o -path ./var/cache -o -path ./var/lib/dpkg -o -path ./var/log \
    -o -path ./var/lib/apt -o -path ./run -o -path ./tmp \) -prune -o -print | sort); }

if [ $# -eq 0 ]; then
    cmake -S "$root" --preset release --log-level=WARNING
    cmake --build "$build"
fi
rm -rf "$work"
mkdir -p "$work"
say 'Building the package'
(cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work" >"$work/cpack.log") || { cat "$work/cpack.log"; exit 1; }
package=$(find "$work" -maxdepth 1 -name '*.deb')
ls -l "$package"
dpkg-deb --info "$package" | grep -E '^ (Package|Version|Depends|Installed-Size)'
if command -v lintian >/dev/null; then
    lintian --allow-root --tag-display-limit 0 "$package"
fi

say "Making a fresh $release"
debootstrap --variant=minbase "$release" "$work/system" >"$work/debootstrap.log"
mount -t proc proc "$work/system/proc"
trap 'umount "$work/system/proc"' EXIT
cp "$package" "$work/system/tmp/tierway.deb"
# The packages it depends on stay after it is gone; they are no traces of it.
inside apt-get update --quiet=2
inside apt-get install --yes --quiet=2 --no-install-recommends adduser man-db bash-completion curl >/dev/null 2>&1
dpkg-deb --field "$package" Depends | tr ',' '\n' | sed 's/(.*//; s/ //g; s/|.*//' >"$work/depends"
inside apt-get install --yes --quiet=2 --no-install-recommends $(cat "$work/depends") >/dev/null 2>&1
everything >"$work/before"

say 'Installing'
# A container's base drops manual pages and documents while unpacking, which would hide what is to be looked at.
rm -f "$work/system/etc/dpkg/dpkg.cfg.d/docker"
inside apt-get install --yes --quiet=2 --no-install-recommends /tmp/tierway.deb
inside getent passwd tierway
inside ls -ld /etc/tierway/environment /usr/bin/tierway /lib/systemd/system/tierway.service

say 'Using it'
inside tierway --version
inside env OPENAI_API_KEY=unused tierway check -c /usr/share/tierway/minimal.yaml
inside env OPENAI_API_KEY=unused tierway check -c /usr/share/tierway/example.yaml
inside sh -c 'man -P cat tierway | head -n 12'
inside bash -c '
    source /usr/share/bash-completion/bash_completion
    # By its name in Debian 12, and since.
    if declare -F _comp_load >/dev/null; then _comp_load tierway; else _completion_loader tierway; fi
    COMP_WORDS=(tierway tr) COMP_CWORD=1 COMP_LINE="tierway tr" COMP_POINT=10
    _tierway 2>/dev/null
    printf "tierway tr<Tab>: %s\n" "${COMPREPLY[@]}"
    [ "${COMPREPLY[*]}" = train ]'
# As the service does, as its user in its folder.
inside install -d -o tierway -g tierway -m 750 /var/lib/tierway
inside sh -c '
    cp /usr/share/tierway/minimal.yaml /etc/tierway/tierway.yaml
    cd /var/lib/tierway
    setpriv --reuid tierway --regid tierway --clear-groups env OPENAI_API_KEY=unused \
        /usr/bin/tierway serve --config /etc/tierway/tierway.yaml >/tmp/served 2>&1 &
    server=$!
    OPENAI_API_KEY=unused tierway health --config /etc/tierway/tierway.yaml --wait 30
    curl --silent --show-error --max-time 5 http://127.0.0.1:8080/v1/models | head -c 200; echo
    kill -TERM $server
    wait $server
    echo "ended with $?"'

say 'Removing and purging'
inside apt-get remove --yes --quiet=2 tierway
inside ls /etc/tierway
inside apt-get purge --yes --quiet=2 tierway
everything >"$work/after"
# Backups that adduser and useradd make of the files they change are the system's.
if left=$(comm -13 "$work/before" "$work/after" | grep -v -E '^\./etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$'); then
    printf 'left behind:\n%s\n' "$left"
    exit 1
fi
if inside getent passwd tierway; then
    printf 'the user is left behind\n'
    exit 1
fi
printf 'nothing is left\n'
