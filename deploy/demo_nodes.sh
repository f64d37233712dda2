#!/usr/bin/env bash
# Owns the demonstration of several nodes: three servers, a primary with a synchronous standby, and HAProxy. Each has a
# loopback address of its own. Never shows a result that it has not checked. Called by make demo-nodes.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/deps.sh
deploy/deps.sh --nodes
make --no-print-directory -s all
build=build/release
. deploy/demo_steps.sh

# A random network and port, so that two demonstrations do not meet.
net=127.$((RANDOM % 254 + 1)).$((RANDOM % 254 + 1)) port=$((RANDOM % 10000 + 20000))
proxy=$net.10:$port
declare -A address=([first]=$net.1 [second]=$net.2 [a]=$net.11 [b]=$net.12 [c]=$net.13)
declare -A pid=()
PATH=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH:/usr/sbin
export PGPASSFILE=$place/postgresql/password PGPORT=$port

until_true() { # WHAT COMMAND...
	local end=$((SECONDS + 60)) what=$1
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "still not true after 60 s: $what"
		sleep 0.05
	done
}

# ---- PostgreSQL ----

# The server refuses to run as root.
as_postgres=(env -C /)
if [ "$(id -u)" -eq 0 ]; then
	as_postgres=(setpriv --reuid postgres --regid postgres --clear-groups env -C /)
fi

start_postgresql() { # NAME
	"${as_postgres[@]}" "$(command -v postgres)" -D "$place/postgresql/$1" -h "${address[$1]}" \
		-c unix_socket_directories= >>"$place/$1.err" 2>&1 &
	pid[$1]=$!
	until_true "PostgreSQL $1 accepts connections" pg_isready -q -U postgres -h "${address[$1]}"
}

# Ends all processes of a server at once, as if its machine lost power.
kill_postgresql() { # NAME
	local all
	all="${pid[$1]} $(cat "/proc/${pid[$1]}/task/${pid[$1]}/children")"
	printf '\n$ kill -9 %s\n' "$all"
	# shellcheck disable=SC2086
	kill -9 $all
	wait "${pid[$1]}" 2>/dev/null || true
	unset "pid[$1]"
}

stop_more() {
	local name
	for name in first second; do
		[ -z "${pid[$name]:-}" ] || kill -QUIT "${pid[$name]}" 2>/dev/null || true
		[ -z "${pid[$name]:-}" ] || wait "${pid[$name]}" 2>/dev/null || true
	done
}

# Runs a statement and shows its result, which is then in $out.
sql() { # NAME SQL
	printf '\nreferd=# %s\n' "$2"
	out=$(ask "$1" "$2")
	printf '%s\n' "$out"
}
ask() { psql -XqAtw -F ' ' -h "${address[$1]}" -U postgres -d referd -c "$2"; } # NAME SQL
is_synchronous() { [ "$(ask "$1" 'SELECT sync_state FROM pg_stat_replication')" = sync ]; }

# From then on, the primary commits only what both servers have on disk.
add_standby() { # NAME PRIMARY
	local from="host=${address[$2]} user=postgres application_name=$1"
	printf '\n$ pg_basebackup -R -D %s -d "%s"\n' "$1" "$from"
	"${as_postgres[@]}" "$(command -v pg_basebackup)" -w -R -c fast --no-sync -D "$place/postgresql/$1" -d "$from"
	start_postgresql "$1"
	sql "$2" "ALTER SYSTEM SET synchronous_standby_names = '*'"
	sql "$2" 'SELECT pg_reload_conf()'
	until_true "$1 is a synchronous standby" is_synchronous "$2"
	sql "$2" 'SELECT application_name, state, sync_state FROM pg_stat_replication'
	expect "$1 streaming sync"
}

# ---- nodes ----

is_ready() { curl -sf -o /dev/null "http://$1/readyz"; } # ADDRESS:PORT

start_node() { # NAME
	printf '\n$ referd serve --store %s --secret-key-file secret.key --node-name %s --listen %s ...\n' \
		"$store" "$1" "${address[$1]}:$port"
	$build/referd serve --data "$place/$1" --store "$store" --secret-key-file "$place/secret.key" --node-name "$1" \
		--listen "${address[$1]}:$port" --public-url "http://$proxy" --trusted-proxies 127.0.0.1/32 \
		--ca-file "$place/ca.pem" --allow-targets 127.0.0.0/8 >>"$place/$1.out" 2>>"$place/$1.err" &
	pid[$1]=$!
	started "${pid[$1]}"
	until_true "node $1 is ready" is_ready "${address[$1]}:$port"
}

are_alive() { # NUMBER
	[ "$(curl -s "http://$proxy/api/v2/nodes" -H "Authorization: Bearer $REFERD_API_TOKEN" |
		grep -o '"alive":true' | wc -l)" -eq "$1" ]
}

# The number of attempts of a node that a receiver accepted.
count_sent() { # NAME
	curl -sS "http://${address[$1]}:$port/metrics" |
		sed -n 's/^referd_delivery_attempt_duration_seconds_count{outcome="success"} //p'
}

has_sent() { [ "$(count_sent "$1")" -eq 1 ]; } # NAME

# The node that sends the deliveries of a webhook, or nothing.
sender() { # WEBHOOK
	ask "$primary" "SELECT name FROM leases JOIN referd_node ON id = owner
		WHERE what = 2 AND number = $1 AND expires_at > now()"
}
has_sender() { [ -n "$(sender "$1")" ]; }                            # WEBHOOK
is_delivered() { [ "$(ask "$primary" "SELECT count(*) FROM deliveries WHERE status <> 'delivered'")" = 0 ]; }
has_another_sender() { # WEBHOOK NODE
	local now
	now=$(sender "$1")
	[ -n "$now" ] && [ "$now" != "$2" ]
}

# ---- load ----

acknowledged() { grep -c '^join ' "$place/ledger" || true; }
has_acknowledged() { [ -e "$place/ledger" ] && [ "$(acknowledged)" -ge "$1" ]; } # NUMBER
await_joins() {                                                               # NUMBER
	local wanted
	wanted=$(($(acknowledged) + $1))
	until_true "$1 more joins" has_acknowledged "$wanted"
	printf '\n%s joins are acknowledged so far.\n' "$(acknowledged)"
}

title 'PostgreSQL: a primary and a synchronous standby'
mkdir -m 700 "$place/postgresql"
chmod 711 "$place"
(umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$place/postgresql/plain" &&
	sed 's/^/*:*:*:*:/' "$place/postgresql/plain" >"$PGPASSFILE")
[ "$(id -u)" -ne 0 ] || chown -R postgres: "$place/postgresql"
primary=first
printf '\n$ initdb -D first\n'
"${as_postgres[@]}" "$(command -v initdb)" -D "$place/postgresql/first" -U postgres -A scram-sha-256 -E UTF8 \
	--locale=C.UTF-8 --no-sync --pwfile="$place/postgresql/plain" >/dev/null
start_postgresql first
psql -Xqw -h "${address[first]}" -U postgres -d postgres \
	-c "CREATE ROLE referd LOGIN PASSWORD '$(cat "$place/postgresql/plain")'" -c 'CREATE DATABASE referd OWNER referd'
add_standby second first

title 'Three nodes of referd, with one database and one key'
start_receiver
store="postgresql://referd@${address[first]}:$port,${address[second]}:$port/referd"
REFERD_API_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
REFERD_INBOUND_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export REFERD_API_TOKEN REFERD_INBOUND_TOKEN
for node in a b c; do
	start_node "$node"
done

title 'HAProxy sends requests to the nodes that are ready'
sed -e "s/bind :8080/bind $proxy/" -e "s/ a:8080/ ${address[a]}:$port/" -e "s/ b:8080/ ${address[b]}:$port/" \
	-e "s/ c:8080/ ${address[c]}:$port/" deploy/haproxy-nodes.cfg >"$place/haproxy.cfg"
haproxy -db -f "$place/haproxy.cfg" >"$place/haproxy.err" 2>&1 &
started $!
haproxy_pid=$!
until_true 'HAProxy finds a node' is_ready "$proxy"
api="-H 'Authorization: Bearer $REFERD_API_TOKEN' -H 'Content-Type: application/json'"
until_true 'three nodes are alive' are_alive 3
show "curl -sS http://$proxy/api/v2/nodes $api"

title 'One node accepts a join, another node sends its webhook'
show "curl -sS http://$proxy/api/v2/campaigns $api -d '{\"name\":\"Bring a friend\"}'"
campaign=$(pick '"code":"\(c[^"]*\)"')
show "curl -sS http://$proxy/api/v2/webhooks $api -d '{\"name\":\"CRM\",\"event\":\"user.join\",\"url\":\"$hooks/join\"}'"
expect '"secret":"whsec_'
webhook=$(pick '"data":{"id":\([0-9]*\)')
until_true 'a node has the lease of the webhook' has_sender "$webhook"
show "curl -sS http://$proxy/$campaign/join -d first_name=Jessica -d email=jessica@example.com"
jessica=$(pick '"code":"\(u[^"]*\)"')
sending=$(sender "$webhook")
joining=a
[ "$sending" != a ] || joining=b
printf '\nNode %s has the lease of the webhook, so the join goes to node %s.\n' "$sending" "$joining"
show "curl -sS http://${address[$joining]}:$port/$jessica/join -d first_name=Byron -d email=byron@example.com"
expect '"type":"person_invited"'
await '^  raw: .*first_name=Byron' "$place/receiver.out"
until_true "node $sending counts its attempt" has_sent "$sending"
for node in a b c; do
	printf 'node %s has sent %s\n' "$node" "$(count_sent "$node")"
done
[ "$(count_sent "$joining")" -eq 0 ] || fail "node $joining has sent the webhook"

title 'Load through HAProxy: each join must be acknowledged once, and its webhook must arrive once'
load="join+webhook --url http://$proxy --connections 16 --rate 60 --seconds 20"
printf '\n$ referd-bench %s --ledger ledger\n' "$load"
# shellcheck disable=SC2086
$build/referd-bench $load --ledger "$place/ledger" --identity "$place/identity.pem" --verify all --quiet \
	>"$place/load.out" 2>"$place/load.err" &
load_pid=$!
started $!
until_true 'the load begins' has_acknowledged 1
await_joins 100

title 'Kill the node that sends these webhooks'
webhook=$((webhook + 1))
printf '\nAnother node takes over ten seconds and one timeout later, so a short timeout helps.\n'
show "curl -sS -o /dev/null -w '%{http_code}' -X PUT http://$proxy/api/v2/webhooks/$webhook $api -d '{\"timeout_ms\":3000}'"
expect 200
until_true 'a node has the lease of the webhook' has_sender "$webhook"
killed=$(sender "$webhook")
printf '\n$ kill -9 %s    # node %s\n' "${pid[$killed]}" "$killed"
kill -9 "${pid[$killed]}"
wait "${pid[$killed]}" 2>/dev/null || true
ended "${pid[$killed]}"
await_joins 200

title 'Kill the primary of PostgreSQL, and promote the standby'
kill_postgresql first
sql second 'SELECT pg_promote()'
expect t
primary=second
await_joins 100

title 'Build a new standby, and start the killed node again'
rm -rf "$place/postgresql/first"
add_standby first second
until_true "another node has the lease of the webhook" has_another_sender "$webhook" "$killed"
printf '\nNode %s sends the webhooks now.\n' "$(sender "$webhook")"
start_node "$killed"

title 'The end of the load: nothing is lost'
printf '\n'
wait "$load_pid" || fail "the ledger does not match: $(cat "$place/load.out" "$place/load.err")"
ended "$load_pid"
cat "$place/load.out"
urls="--url http://${address[a]}:$port --url http://${address[b]}:$port --url http://${address[c]}:$port"
show "$build/referd-bench verify --ledger $place/ledger --verify all $urls"
expect "from 3 servers: matches"
sql "$primary" 'SELECT count(*) AS users, count(DISTINCT email) AS emails FROM users'
read -r users emails <<<"$out"
joins=$(acknowledged)
[ "$users" -eq "$emails" ] || fail 'a person has two users'
[ "$users" -ge $((joins + 2)) ] || fail 'an acknowledged join is missing'
until_true 'every delivery is delivered' is_delivered
sql "$primary" 'SELECT status, count(*) FROM deliveries GROUP BY status'

title 'SIGTERM: each node sends its last responses and exits'
stop "$receiver_pid" 'the receiver'
for node in a b c; do
	stop "${pid[$node]}" "node $node"
done
kill "$haproxy_pid"
wait "$haproxy_pid" || true
ended "$haproxy_pid"
show "$build/referd verify --store '$store' --secret-key-file $place/secret.key"
expect ', 0 problems'
printf '\n%s joins were acknowledged, none is lost, and each webhook arrived. A node and the primary were killed.\n' \
	"$((joins + 2))"
printf 'All nodes exited with status 0. The demo is complete.\n'
