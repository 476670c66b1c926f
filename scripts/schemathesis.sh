#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds a server against its own description with schemathesis: no failure of the server's own, no answer that is not
# described, for requests that fit the description and for many that do not.
#
#     schemathesis.sh PROGRAM [OPTION…]
#
# PROGRAM is driver-center, with its workers beside it. schemathesis comes from PyPI into target/, or lies in
# SCHEMATHESIS_VENV already. The seed is fixed, so that a failure comes again; options are given to schemathesis.
set -euo pipefail

if [ $# -eq 0 ]; then
    sed -n '3,10s/^# \{0,1\}//p' "$0"
    exit 2
fi
program=$1
shift
version=4.32.5
venv=${SCHEMATHESIS_VENV:-$(cd "$(dirname "$0")/.." && pwd)/target/schemathesis-$version}
if [ ! -x "$venv/bin/schemathesis" ]; then
    echo "schemathesis.sh: installing schemathesis $version from PyPI into $venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi

directory=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2> /dev/null || true
        wait "$server" 2> /dev/null || true
    fi
    rm -rf "$directory"
}
trap stop EXIT
trap 'exit 130' INT TERM
fail() {
    echo "schemathesis.sh: $1" >&2
    tail -n 40 "$directory/log" >&2
    exit 1
}

cat > "$directory/config.toml" << CONF
listen = "127.0.0.1:0"
data_dir = "$directory/data"
[disk]
virtual_size_gib = 1
CONF
LC_ALL=en_US.UTF-8 "$program" serve --config "$directory/config.toml" > "$directory/out" 2> "$directory/log" &
server=$!
for _ in $(seq 600); do
    if grep -q '://' "$directory/out"; then break; fi
    kill -0 "$server" 2> /dev/null || fail "the server does not start"
    sleep 0.1
done
url=$(grep -o 'http://[^/]*' "$directory/out")
password=$(sed -n 's/.*one-time password \([^ ]*\).*/\1/p' "$directory/out")
token=$("$venv/bin/python" - "$url" "$password" << 'LOGIN'
import json, sys, urllib.request
url, password = sys.argv[1:]
body = {"name": "admin", "password": password, "new_password": "correct horse battery", "token_name": "schemathesis"}
request = urllib.request.Request(url + "/api/v1/login", json.dumps(body).encode(), {"content-type": "application/json"})
print(json.load(urllib.request.urlopen(request))["token"])
LOGIN
)

cd "$directory"
# Whoever waits for news would wait for every request.
printf '[parameters]\n"query.wait" = 0\n' > schemathesis.toml
cat > hooks.py << 'HOOKS'
import schemathesis

@schemathesis.serializer("application/offset+octet-stream")
def piece_of_an_upload(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()
HOOKS
# Left out: a stream that does not end, and what would take the token away from the test itself.
SCHEMATHESIS_HOOKS=hooks "$venv/bin/schemathesis" --no-color run "$url/openapi.json" \
    --header "Authorization: Bearer $token" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --phases coverage,fuzzing --mode all --max-examples "${SCHEMATHESIS_EXAMPLES:-15}" --seed 20 --generation-database none \
    --request-timeout 30 --workers 1 --warnings off --suppress-health-check all \
    --exclude-path-regex '^/api/v1/(events|password|tokens/.*|users/.*)$' "$@" || fail "answers are not as described"
kill -0 "$server" 2> /dev/null || fail "the server has ended"
