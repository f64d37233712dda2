#!/usr/bin/env bash
# Owns the measurement of a million pending deliveries: memory, a healthy webhook beside them, the restart
# after kill -9. Never judges the result. Called by make bench-pending [N=1000000].
set -euo pipefail
cd "$(dirname "$0")/.."

count=${1:-1000000}
referd=build/release/referd
bench=build/release/referd-bench
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/referd-pending-XXXXXX")
export REFERD_API_TOKEN=pending-api-token-0123456789 REFERD_INBOUND_TOKEN=pending-inbound-0123456789
server='' receiver=''
trap 'kill $server $receiver 2>/dev/null || true; rm -rf "$dir"' EXIT

now_ms() { echo $(($(date +%s%N) / 1000000)); }
rss_anon() { awk '/^RssAnon/ {print $2 " KiB"}' "/proc/$server/status"; }
wait_for() { # FILE PATTERN
	until grep -q "$2" "$1"; do sleep 0.002; done
}
start() {
	: >"$dir/out"
	local began
	began=$(now_ms)
	$referd serve --data "$dir/data" --listen 127.0.0.1:0 --allow-targets 127.0.0.0/8 --ca-file "$dir/ca.pem" \
		--public-url http://localhost >"$dir/out" 2>>"$dir/log" &
	server=$!
	wait_for "$dir/out" '^listening'
	echo "started: listening after $(($(now_ms) - began)) ms, RssAnon $(rss_anon)"
	url=$(sed -n 's/^listening on //p' "$dir/out")
}
api() { # PATH JSON
	curl -sS "$url/api/v2/$1" -H "Authorization: Bearer $REFERD_API_TOKEN" -H 'Content-Type: application/json' -d "$2"
}
field() { sed -n "s/^{\"data\":{.*\"$1\":\"\{0,1\}\([^\",]*\).*/\1/p" | head -1; }

: >"$dir/seen"
$bench receiver --listen 127.0.0.1:0 --ca-out "$dir/ca.pem" --log "$dir/seen" >"$dir/receiver" &
receiver=$!
wait_for "$dir/receiver" '^listening'
target=$(sed -n 's/^listening on //p' "$dir/receiver")

start
api webhooks '{"name":"dead","event":"user.join","types":["person_referring"],"url":"https://127.0.0.1:9/"}' >/dev/null
$bench join --url "$url" --pid "$server" --connections 256 --seconds 600 --requests "$count" --verify none --quiet
echo "$count pending: RssAnon $(rss_anon), database $(du -m "$dir/data/referd.mdb" | cut -f1) MiB"

campaign=$(api campaigns '{"name":"beside"}')
code=$(field code <<<"$campaign")
id=$(sed 's/.*"data":{"id":\([0-9]*\).*/\1/' <<<"$campaign")
api webhooks "{\"name\":\"healthy\",\"event\":\"user.join\",\"types\":[\"person_referring\"],\"campaign_id\":$id,\"url\":\"$target\"}" >/dev/null
for i in 1 2 3; do
	began=$(now_ms)
	curl -sS "$url/$code/join" -d first_name=A -d "email=a$i@example.com" >/dev/null
	until [ "$(wc -l <"$dir/seen")" -ge "$i" ]; do sleep 0.002; done
	echo "healthy webhook: received $(($(now_ms) - began)) ms after curl was started"
done

kill -9 "$server"
wait "$server" 2>/dev/null || true
start
