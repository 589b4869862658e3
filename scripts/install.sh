#!/usr/bin/env bash
# Installs the Debian packages that building needs and that are missing; with --tests also what the tests need, with --fuzz what
# scripts/fuzz.sh needs, with --soak what scripts/soak.sh needs.
# Usage: scripts/install.sh [--tests] [--fuzz] [--soak]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
usage() { sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}"; }

with_tests=no
extra=()
for argument in "$@"; do
    case "$argument" in
        --tests) with_tests=yes ;;
        --fuzz) extra+=(clang-14 libclang-rt-14-dev llvm-14) ;;
        --soak) extra+=(slowhttptest) ;;
        -h | --help) usage; exit 0 ;;
        *) printf 'install.sh: unknown argument %s\n' "$argument" >&2; usage >&2; exit 2 ;;
    esac
done

# The newest Boost that the release has and src/net/arrivals.cpp knows.
release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-unknown}")
case "$release" in
    bookworm) boost=libboost1.81-dev ;;
    trixie) boost=libboost1.88-dev ;;
    *) printf 'install.sh: packages are known for Debian 12 (bookworm) and 13 (trixie), not for %s.\n' "$release" >&2; exit 1 ;;
esac

# libcurl and zlib are asked for by prometheus-cpp's CMake files; the certificates are what providers are verified with.
wanted=(
    g++ cmake ninja-build ccache pkg-config ca-certificates
    "$boost" libsimdjson-dev nlohmann-json3-dev libyaml-cpp-dev libspdlog-dev libfmt-dev
    prometheus-cpp-dev libcurl4-openssl-dev zlib1g-dev libre2-dev libssl-dev libcli11-dev
    libhowardhinnant-date-dev tzdata libsqlite3-dev libhiredis-dev
)

# Whether a Python 3.9 or newer that can make virtual environments is on PATH.
has_python() { python3 -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; }
# Whether an npm that reads our lockfile is on PATH. The tests bring their own Node.
has_npm() {
    local version
    version=$(npm --version 2>/dev/null) && [ "${version%%.*}" -ge 7 ]
}

# Debian's package of Prometheus would start a service; the tests want its two programs only, which run where they are unpacked.
prometheus=$root/build/prometheus
has_prometheus() { { command -v prometheus && command -v promtool; } >/dev/null || [ -x "$prometheus/usr/bin/promtool" ]; }
unpack_prometheus() {
    mkdir -p "$prometheus"
    (
        cd "$prometheus"
        apt-get download --quiet=2 -o APT::Sandbox::User=root prometheus
        dpkg --extract prometheus_*.deb .
        rm prometheus_*.deb
    )
}

wanted+=("${extra[@]}")
if [ "$with_tests" = yes ]; then
    wanted+=(libgtest-dev libbenchmark-dev redis-server redis-tools zsh fish man-db)
    command -v chromium >/dev/null || wanted+=(chromium)
    has_python || wanted+=(python3 python3-venv)
    has_npm || wanted+=(nodejs npm)
    for command in curl openssl; do
        command -v "$command" >/dev/null || wanted+=("$command")
    done
    command -v systemd-analyze >/dev/null || wanted+=(systemd)
fi

missing=()
for package in "${wanted[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
unpacked=()
[ "$with_tests" = no ] || has_prometheus || unpacked+=(prometheus)
absent=("${missing[@]}" "${unpacked[@]}")
[ "${#absent[@]}" -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        printf 'install.sh: these packages are missing; install them as root: %s\n' "${absent[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
printf 'Installing %s\n' "${absent[*]}"
"${as_root[@]}" apt-get update --quiet=2
[ "${#unpacked[@]}" -eq 0 ] || unpack_prometheus
[ "${#missing[@]}" -eq 0 ] || "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends "${missing[@]}"
