#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Says which tools this project needs and this machine lacks, and installs them with apt.
#
#     install-deps.sh            everything: building, running, testing
#     install-deps.sh --check    only says what is missing; exit code 1 when something is
#
# Known to fit Debian 12 and 13 and Ubuntu 24.04. When nothing is missing, nothing is done and no network is used.
set -euo pipefail
cd "$(dirname "$0")/.."

only_check=no
case "${1:-}" in
    "") ;;
    --check) only_check=yes ;;
    *) sed -n '3,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

packages=()
need() { # package, why, command that succeeds when it is there
    local package=$1 why=$2
    shift 2
    if "$@" > /dev/null 2>&1; then return; fi
    printf '  %-20s %s\n' "$package" "$why"
    packages+=("$package")
}
# Shells have a kill of their own; programs need the other one.
has() { PATH="$PATH:/usr/sbin:/sbin" type -P "$1"; }
has_browser() { has chromium || has chromium-browser || has google-chrome; }
has_chinese() { fc-list :lang=zh | grep -q .; }

missing=$(mktemp)
trap 'rm -f "$missing"' EXIT
{
    need gcc "compiles the C parts (NTFS interface, SQLite, zstd)" has cc
    need libc6-dev "C headers" test -e /usr/include/stdio.h
    need make "the targets of the Makefile" has make
    need git "cargo xtask tidy reads the list of files" has git
    need ca-certificates "cargo downloads over TLS" test -e /etc/ssl/certs/ca-certificates.crt
    need pkg-config "finds libntfs-3g" has pkg-config
    need ntfs-3g-dev "libntfs-3g with its headers: files in the tool disk" pkg-config --exists libntfs-3g
    need ntfs-3g "mkntfs: makes the tool disk" has mkntfs
    need qemu-utils "qemu-img: checks and makes disk images" has qemu-img
    need 7zip "7zz: reads disc images and self-extractors" has 7zz
    need fuse3 "fusermount3: tests mount the disk with ntfs-3g" has fusermount3
    need procps "kill: tests end what they have started" has kill
    need util-linux "unshare, nsenter: tests fill small file systems of their own" has nsenter
    need mount "mounts those" has mount
    need g++ "compiles libFuzzer, for the fuzz targets" has c++
    need gcc-mingw-w64-x86-64 "compiles the C parts of driver-client for Windows" has x86_64-w64-mingw32-gcc
    need python3 "makes the test fixtures" has python3
    need genisoimage "makes the disc images of the tests" has genisoimage
    need mariadb-server-core "mariadbd: tests run on MariaDB, too" has mariadbd
    need mariadb-client-core "mariadb: tests wait for their server with it" has mariadb
    need python3-venv "Glance and Keystone, which the image store is tested with, come from PyPI" python3 -c "import ensurepip"
    need nodejs "builds and tests the web console" has node
    need npm "brings what the web console is built of" has npm
    need chromium "tests the web console" has_browser
    need fontconfig "tells which fonts there are" has fc-list
    need fonts-wqy-microhei "shows Chinese in the tests of the web console" has_chinese
} > "$missing"

if [ "${#packages[@]}" -gt 0 ]; then
    echo "Missing on this machine:"
    cat "$missing"
    if [ "$only_check" = yes ]; then exit 1; fi
    if ! command -v apt-get > /dev/null; then
        echo "This machine has no apt-get: install what is listed with its own package manager." >&2
        exit 1
    fi
    root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo > /dev/null || { echo "Run this as root, or install sudo." >&2; exit 1; }
        root=(sudo)
    fi
    echo "Installing: ${packages[*]}"
    "${root[@]}" apt-get update -q
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
fi

if ! command -v cargo > /dev/null; then
    echo "cargo is missing. Install Rust from https://rustup.rs, or with: apt-get install rustup" >&2
    echo "(rustup then takes the version that rust-toolchain.toml names)." >&2
    exit 1
fi
