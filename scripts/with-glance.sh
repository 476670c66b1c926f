#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command beside an OpenStack Glance and a Keystone of its own, which go with it.
#
#     with-glance.sh COMMAND [ARGUMENT…]
#
# The command finds Glance in DRIVER_CENTER_TEST_GLANCE (without authentication), a second one that asks for tokens in
# DRIVER_CENTER_TEST_GLANCE_TOKENS, and Keystone in DRIVER_CENTER_TEST_KEYSTONE (user admin, password "password",
# project admin, domain Default). Both come from PyPI into OPENSTACK_VENV (target/openstack without it), once.
set -euo pipefail

if [ $# -eq 0 ]; then
    sed -n '3,9s/^# \{0,1\}//p' "$0"
    exit 2
fi
venv=${OPENSTACK_VENV:-$(cd "$(dirname "$0")/.." && pwd)/target/openstack}
if [ ! -e "$venv/complete" ]; then
    echo "with-glance.sh: installing Glance and Keystone from PyPI into $venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check 'glance==33.0.0' 'keystone==30.*' 'gunicorn==27.*'
    touch "$venv/complete"
fi

directory=$(mktemp -d)
servers=()
stop() {
    for server in "${servers[@]}"; do kill "$server" 2> /dev/null || true; done
    for server in "${servers[@]}"; do wait "$server" 2> /dev/null || true; done
    rm -rf "$directory"
}
trap stop EXIT
trap 'exit 130' INT TERM
fail() {
    echo "with-glance.sh: $1" >&2
    tail -n 40 "$directory"/*.log >&2
    exit 1
}

# Starts gunicorn on a free port, which it names in the variable $1. $2 is what serves, the rest are environment. Its
# configuration is a file, because Keystone reads the command line as its own. The port is none that the system gives to
# connections, and that gunicorn has it is believed of its own log alone: somebody else may listen there.
serve() {
    local -n result=$1
    local application=$2 name=$1
    shift 2
    mkdir -p "$directory/serve/$name"
    for _ in 1 2 3 4 5; do
        result=$((10000 + RANDOM % 20000))
        cat > "$directory/serve/$name/gunicorn.conf.py" << CONF
wsgi_app = "$application"
bind = "127.0.0.1:$result"
threads = 4
timeout = 0
graceful_timeout = 1
control_socket_disable = True
CONF
        # Not what a try before has said.
        : > "$directory/$name.log"
        (cd "$directory/serve/$name" && exec env "$@" "$venv/bin/gunicorn") > "$directory/$name.log" 2>&1 &
        local server=$!
        servers+=("$server")
        for _ in $(seq 600); do
            kill -0 "$server" 2> /dev/null || continue 2
            if grep -q 'Listening at' "$directory/$name.log"; then return; fi
            sleep 0.1
        done
    done
    fail "$name does not start"
}

keystone() {
    mkdir -p "$directory/keystone/fernet" "$directory/keystone/credential"
    cat > "$directory/keystone/keystone.conf" << CONF
[database]
connection = sqlite:///$directory/keystone/keystone.db
[fernet_tokens]
key_repository = $directory/keystone/fernet
[credential]
key_repository = $directory/keystone/credential
CONF
    local manage=("$venv/bin/keystone-manage" --config-file "$directory/keystone/keystone.conf")
    {
        "${manage[@]}" db_sync
        "${manage[@]}" fernet_setup --keystone-user "$(id -un)" --keystone-group "$(id -gn)"
        "${manage[@]}" credential_setup --keystone-user "$(id -un)" --keystone-group "$(id -gn)"
    } > "$directory/keystone-setup.log" 2>&1 || fail "cannot set Keystone up"
    serve KEYSTONE keystone.wsgi.api:application "OS_KEYSTONE_CONFIG_FILES=$directory/keystone/keystone.conf"
    "${manage[@]}" bootstrap --bootstrap-password password --bootstrap-region-id test \
        --bootstrap-public-url "http://127.0.0.1:$KEYSTONE/v3" > "$directory/keystone-bootstrap.log" 2>&1 ||
        fail "cannot set Keystone up"
}

# Makes the configuration of a Glance in the directory $1 with the middleware $2.
glance_configuration() {
    mkdir -p "$1/images" "$1/staging"
    cat > "$1/glance-api.conf" << CONF
[DEFAULT]
worker_self_reference_url = http://127.0.0.1
node_staging_uri = file://$1/staging
enabled_backends = files:file
[database]
connection = sqlite:///$1/glance.db
[glance_store]
default_backend = files
[files]
filesystem_store_datadir = $1/images
[paste_deploy]
config_file = $1/paste.ini
[keystone_authtoken]
www_authenticate_uri = http://127.0.0.1:$KEYSTONE
auth_url = http://127.0.0.1:$KEYSTONE
auth_type = password
interface = public
username = admin
password = password
project_name = admin
user_domain_name = Default
project_domain_name = Default
CONF
    cat > "$1/paste.ini" << CONF
[composite:glance-api]
paste.composite_factory = glance.api:root_app_factory
/: api
[pipeline:api]
pipeline = http_proxy_to_wsgi versionnegotiation $2 rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
[app:apiversions]
paste.app_factory = glance.api.versions:create_resource
[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory
[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
[filter:http_proxy_to_wsgi]
paste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory
CONF
    "$venv/bin/glance-manage" --config-file "$1/glance-api.conf" db_sync > "$directory/glance-setup.log" 2>&1 ||
        fail "cannot set Glance up"
}

# So that Glance inspects images with the tools of the environment that it is installed in.
export PATH="$venv/bin:$PATH"
keystone
glance_configuration "$directory/open" context
glance_configuration "$directory/tokens" "authtoken context"
serve GLANCE glance.wsgi.api:application "OS_GLANCE_CONFIG_DIR=$directory/open"
serve GLANCE_TOKENS glance.wsgi.api:application "OS_GLANCE_CONFIG_DIR=$directory/tokens"

DRIVER_CENTER_TEST_GLANCE="http://127.0.0.1:$GLANCE" DRIVER_CENTER_TEST_GLANCE_TOKENS="http://127.0.0.1:$GLANCE_TOKENS" \
    DRIVER_CENTER_TEST_KEYSTONE="http://127.0.0.1:$KEYSTONE/v3" "$@"
