#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command beside a MariaDB server of its own, which goes with it.
#
#     with-mariadb.sh COMMAND [ARGUMENT…]
#
# The command finds the server in DRIVER_CENTER_TEST_MYSQL (mysql://root@127.0.0.1:PORT). Data, socket and log lie in a
# temporary directory. Nothing is durable unless DRIVER_CENTER_TEST_MYSQL_DURABLE says something, and a server of the
# system is neither used nor disturbed.
set -euo pipefail

if [ $# -eq 0 ]; then
    sed -n '3,9s/^# \{0,1\}//p' "$0"
    exit 2
fi
PATH="$PATH:/usr/sbin:/sbin"
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

options=(--no-defaults "--datadir=$directory/data")
if [ "$(id -u)" -eq 0 ]; then options+=(--user=root); fi
# As MariaDB comes, each transaction is on the disk before it is answered.
log_at_commit=1
if [ -z "${DRIVER_CENTER_TEST_MYSQL_DURABLE:-}" ]; then log_at_commit=0; fi
fail() {
    echo "with-mariadb.sh: $1" >&2
    cat "$directory/log" >&2
    exit 1
}
mariadb-install-db "${options[@]}" --auth-root-authentication-method=normal --skip-test-db > "$directory/log" 2>&1 ||
    fail "cannot make the data directory"

# A free port that somebody else takes in between costs another try.
for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    mariadbd "${options[@]}" "--socket=$directory/socket" --bind-address=127.0.0.1 "--port=$port" \
        "--innodb-flush-log-at-trx-commit=$log_at_commit" --skip-log-bin --max-connections=500 > "$directory/log" 2>&1 &
    server=$!
    for _ in $(seq 1200); do
        if mariadb --no-defaults "--socket=$directory/socket" -u root -e 'SELECT 1' > /dev/null 2>&1; then break 2; fi
        kill -0 "$server" 2> /dev/null || continue 2
        sleep 0.1
    done
    fail "the server does not answer within 120 s"
done
kill -0 "$server" 2> /dev/null || fail "the server does not start"

DRIVER_CENTER_TEST_MYSQL_PROCESS=$server DRIVER_CENTER_TEST_MYSQL="mysql://root@127.0.0.1:$port" "$@"
