#!/usr/bin/env bash
# Owns the measurement of growth: the same scenarios on databases of 10,000 users and more, each ten times as large as
# the one before, up to USERS. All servers run at once and are measured in turn, so that other load on the machine
# affects them alike. Prints the medians of three rounds and their ratios, and draws them (growth.svg in the directory
# OUT). Never judges the result. usage: growth.sh [USERS] [OUT]. Called by make bench-growth.
set -euo pipefail
cd "$(dirname "$0")/.."

largest=${1:-1000000}
out=${2:-build/bench}
scenarios="join scatter qualify read list"
bench=build/release/referd-bench
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/referd-growth-XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
export REFERD_API_TOKEN=growth-0123456789abcdef0123456789abcdef REFERD_INBOUND_TOKEN=growth-0123456789abcdef

declare -A pid address code ready
start() { # USERS: sets pid, address and ready (milliseconds until the server listens)
	local at=$dir/$1 began
	: >"$at/out"
	began=$(date +%s%N)
	build/release/referd serve --data "$at/data" --listen 127.0.0.1:0 >"$at/out" 2>>"$at/log" &
	pid[$1]=$!
	until grep -q '^listening on ' "$at/out"; do
		kill -0 "${pid[$1]}"
		sleep 0.002
	done
	ready[$1]=$((($(date +%s%N) - began) / 1000000))
	address[$1]=$(sed -n 's/^listening on //p' "$at/out")
}
stop() { # USERS
	kill "${pid[$1]}"
	wait "${pid[$1]}"
}

fill() { # USERS
	mkdir -p "$dir/$1"
	start "$1"
	code[$1]=$(curl -fsS -H "Authorization: Bearer $REFERD_API_TOKEN" -H 'Content-Type: application/json' \
		-d '{"name":"Growth"}' "${address[$1]}/api/v2/campaigns" | sed 's/.*"code":"\([^"]*\)".*/\1/')
	stop "$1"
	$bench fill --store "lmdb:$dir/$1/data" --campaign "${code[$1]}" --users "$1" --ledger "$dir/$1/ledger" --quiet
	start "$1"
	echo "with $1 users: $(stat -c %s "$dir/$1/data/referd.mdb") bytes, ready after ${ready[$1]} ms"
}

field() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p"; } # NAME: the number in a JSON object on stdin

measure() { # SCENARIO USERS: appends "CPU-us per-second"
	local json
	json=$($bench "$1" --url "${address[$2]}" --campaign "${code[$2]}" --pid "${pid[$2]}" --connections 256 \
		--seconds 3 --verify none --quiet --json --from "$dir/$2/ledger" --ledger "$dir/$2/ledger")
	echo "$(field server_cpu_us <<<"$json") $(field per_second <<<"$json")" >>"$dir/$1.$2"
}

median() { awk -v c="$2" '{ print $c }' "$1" | sort -n | sed -n 2p; } # FILE COLUMN

sizes=""
for ((users = 10000; users <= largest; users *= 10)); do
	sizes+=" $users"
	fill "$users"
done
for _ in 1 2 3; do
	for scenario in $scenarios; do
		for users in $sizes; do measure "$scenario" "$users"; done
	done
done
mkdir -p "$out"
for scenario in $scenarios; do
	for users in $sizes; do
		echo "$scenario $users $(median "$dir/$scenario.$users" 1) $(median "$dir/$scenario.$users" 2)"
	done
done >"$out/growth.txt"
python3 bench/plot.py "$out/growth.txt" "$out/growth.svg"
