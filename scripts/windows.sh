#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# driver-client for Windows (x86_64-pc-windows-gnu), from here.
#
#     windows.sh check    lints and links it, as CI does
#     windows.sh build    makes target/x86_64-pc-windows-gnu/release/driver-client.exe
#
# Needs MinGW's C compiler (gcc-mingw-w64-x86-64) and Rust's standard library for that target, which rustup brings. Where
# there is no rustup to bring it, "check" says so and leaves it out.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly target=x86_64-pc-windows-gnu

has_target() { test -d "$(rustc --print sysroot)/lib/rustlib/$target/lib"; }

if ! has_target && ! { rustup target add "$target" && has_target; }; then
    echo "The standard library for $target cannot be had: rustup target add $target"
    [ "${1:-}" = check ] || exit 1
    echo "driver-client was NOT checked for Windows."
    exit 0
fi
case "${1:-}" in
    check)
        cargo clippy --locked --target "$target" -p driver-client -- -D warnings
        cargo build --locked --target "$target" -p driver-client
        ;;
    build)
        cargo build --release --locked --target "$target" -p driver-client
        ;;
    *)
        sed -n '3,9s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac
