#!/usr/bin/env bash
# Puts together the file system of the image: the stripped program, what it loads, and for each file of a Debian package that
# package's name, so that scanners and the list of contents can tell what is inside.
# Usage: docker/collect_root.sh PROGRAM FOLDER
set -euo pipefail

program=$1
root=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
packages=()

# Copies a file of the system, at its path and as what the path leads to, and remembers whose it is.
copy() {
    local file=$1 real package
    real=$(realpath "$file")
    install -D --mode="$(stat --format=%a "$real")" "$real" "$root$file"
    # dpkg knows files by the paths that they were packed with, from before /lib moved into /usr.
    package=$(dpkg-query --search "$real" 2>/dev/null || dpkg-query --search "${real#/usr}")
    packages+=("${package%%:*}")
}

mkdir -p "$root/usr/bin" "$root/tmp" "$root/var/lib/tierway" "$root/etc/tierway" "$root/usr/share/tierway"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
chmod 1777 "$root/tmp"
chown 65532:65532 "$root/var/lib/tierway"

strip --strip-all -o "$root/usr/bin/tierway" "$program"
while read -r library; do
    copy "/usr${library#/usr}"
done < <(ldd "$program" | grep -o '/[^ ]*' | sort --unique)

# Providers are verified with these, and budgets follow the calendar of a time zone.
install -D --mode=644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
mkdir -p "$root/usr/share/zoneinfo"
cp --recursive --no-dereference --preserve=mode /usr/share/zoneinfo/. "$root/usr/share/zoneinfo/"
rm -rf "$root/usr/share/zoneinfo/right" "$root/usr/share/zoneinfo/posix"
packages+=(ca-certificates tzdata)

printf 'tierway:x:65532:65532:Tierway:/var/lib/tierway:/usr/sbin/nologin\n' >"$root/etc/passwd"
printf 'tierway:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
cp "$here"/../config/{minimal.yaml,example.yaml,classifier.twm,prices.json} "$root/usr/share/tierway/"
install -D --mode=644 "$here/../LICENSE" "$root/usr/share/doc/tierway/LICENSE"
install -D --mode=644 "$here/../deploy/debian/copyright" "$root/usr/share/doc/tierway/copyright"

# As distroless images do it: one status file for each package, which scanners read, and its licence.
mkdir -p "$root/var/lib/dpkg/status.d"
mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort --unique)
for package in "${packages[@]}"; do
    dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$package"
    install -D --mode=644 "$(realpath "/usr/share/doc/$package/copyright")" "$root/usr/share/doc/$package/copyright"
done
