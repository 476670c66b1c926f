#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds and tests the web console with npm.
#
#     console.sh build         console/dist, when anything has changed; without Node.js it says so and does nothing
#     console.sh test          types, unit tests, build with its limits; then journeys in a browser, with the
#                              programs that `cargo test` has built
#     console.sh screenshots   docs/images
#
# npm downloads only what console/package-lock.json names. Where Node.js is missing or too old for the build, npm
# brings one into target/node.
set -euo pipefail
cd "$(dirname "$0")/.."

is_new_enough() {
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2> /dev/null
}

# Puts a fitting Node.js into the path.
find_node() {
    if is_new_enough; then return; fi
    command -v npm > /dev/null || return 1
    local own=target/node
    if [ ! -x "$own/node_modules/node/bin/node" ]; then
        echo "Node.js is too old for the console; npm brings version 22 into $own" >&2
        mkdir -p "$own"
        (cd "$own" && echo '{"private":true}' > package.json && npm install --no-fund --no-audit --silent node@22)
    fi
    PATH="$PWD/$own/node_modules/node/bin:$PATH"
    is_new_enough
}

# Whether anything below the given paths is newer than the first one.
is_older() {
    local made=$1
    shift
    [ ! -e "$made" ] || [ -n "$(find "$@" -newer "$made" -print -quit)" ]
}

install() {
    if is_older console/node_modules/.package-lock.json console/package-lock.json; then
        (cd console && npm ci --no-fund --no-audit --prefer-offline)
        touch console/node_modules/.package-lock.json
    fi
}

build() {
    local sources=(console/src console/public console/index.html console/vite.config.ts console/package-lock.json console/scripts docs/openapi.json)
    if is_older console/dist/index.html "${sources[@]}"; then
        (cd console && npm run --silent build)
        touch console/dist/index.html
    fi
}

case "${1:-}" in
    build)
        if ! find_node; then
            echo "The web console is not built: Node.js and npm are missing. The server runs without it." >&2
            exit 0
        fi
        install
        build
        ;;
    test)
        find_node || { echo "Node.js and npm are missing: scripts/install-deps.sh" >&2; exit 1; }
        install
        (cd console && npm run --silent check && npm run --silent test)
        build
        (cd console && npm run --silent test:browser)
        ;;
    screenshots)
        find_node
        install
        build
        (cd console && npm run --silent screenshots)
        ;;
    *)
        sed -n '3,11s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac
