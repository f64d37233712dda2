#!/usr/bin/env bash
# Owns the witness of the load tool: wrk sends the joins of the scenario `join` to referd and to the floor, three
# times in turn. Prints CPU time and throughput of each, and their ratios, which `referd-bench compare` must confirm
# within 15 %. Never judges the result. Called by make bench.
set -euo pipefail
cd "$(dirname "$0")/.."

connections=${1:-256}
seconds=5
build=build/release
if ! command -v wrk >/dev/null; then
	echo "witness: wrk is not installed, so it does not repeat the join: run deploy/deps.sh --bench"
	exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/referd-witness-XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT
export REFERD_API_TOKEN=witness-0123456789abcdef0123456789abcdef

address_in() { # FILE: waits for the line that a server prints when it listens
	local address
	for _ in $(seq 300); do
		address=$(sed -n 's/^listening on //p' "$1")
		[ -z "$address" ] || break
		sleep 0.1
	done
	echo "${address:?the server did not start: see $1}"
}

cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # PID

measure() { # NAME PID ADDRESS LINK: appends "CPU-us per-second"
	local before after answers rate
	before=$(cpu_ticks "$2")
	LINK=$4 wrk -t1 -c"$connections" -d"${seconds}s" -s bench/witness.lua "$3" >"$dir/wrk"
	after=$(cpu_ticks "$2")
	if grep -q 'Non-2xx' "$dir/wrk"; then
		cat "$dir/wrk" >&2
		exit 1
	fi
	answers=$(awk '/requests in/ { print $1 }' "$dir/wrk")
	rate=$(awk '/^Requests\/sec/ { print $2 }' "$dir/wrk")
	awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$answers" -v r="$rate" \
		'BEGIN { printf "%.2f %.0f\n", t / hz * 1e6 / n, r }' >>"$dir/$1"
}

median() { awk -v c="$2" '{ print $c }' "$1" | sort -n | sed -n 2p; } # FILE COLUMN

$build/referd-bench floor --listen 127.0.0.1:0 >"$dir/floor.out" &
floor=$!
$build/referd serve --data "$dir/data" --listen 127.0.0.1:0 >"$dir/referd.out" 2>"$dir/referd.log" &
referd=$!
floor_address=$(address_in "$dir/floor.out")
address=$(address_in "$dir/referd.out")
code=$(curl -fsS -H "Authorization: Bearer $REFERD_API_TOKEN" -H 'Content-Type: application/json' \
	-d '{"name":"Witness"}' "$address/api/v2/campaigns" | sed 's/.*"code":"\([^"]*\)".*/\1/')
for _ in 1 2 3; do
	measure floor $floor "$floor_address" /c1111111/join
	measure join $referd "$address" "/$code/join"
done
awk -v fu="$(median "$dir/floor" 1)" -v fr="$(median "$dir/floor" 2)" -v ju="$(median "$dir/join" 1)" \
	-v jr="$(median "$dir/join" 2)" -v c="$connections" 'BEGIN {
	printf "\nwitness: wrk, %d connections, medians of 3 rounds\n", c
	printf "floor %8.2f us CPU %8d per s\njoin  %8.2f us CPU %8d per s\n", fu, fr, ju, jr
	printf "ratio %8.2f        %8.2f\n", ju / fu, jr / fr }'
