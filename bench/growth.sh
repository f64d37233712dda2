#!/usr/bin/env bash
# Owns the comparison of a small and a large database: reading a user by code, and a page anywhere in the
# list. Prints the server's CPU for one response and the ratio. Both are medians of three rounds in turn, so
# that other load on the machine affects them alike. Never judges the result. Called by make bench-growth.
set -euo pipefail
cd "$(dirname "$0")/.."

few=1000
many=${1:-1000000}
bench=build/release/referd-bench
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/referd-growth-XXXXXX")
trap 'rm -rf "$dir"' EXIT

# The ledger is in memory only, so each measurement starts its own server.
measure() { # SCENARIO USERS
	$bench "$1" --server build/release/referd --referrers "$2" --connections 64 --seconds 2 --verify none \
		--quiet --json | sed -n 's/.*"server_cpu_us":\([0-9.]*\).*/\1/p'
}
median() { sort -n "$1" | sed -n 2p; }

for scenario in read list; do
	for _ in 1 2 3; do
		measure "$scenario" "$few" >>"$dir/$scenario.few"
		measure "$scenario" "$many" >>"$dir/$scenario.many"
	done
	a=$(median "$dir/$scenario.few")
	b=$(median "$dir/$scenario.many")
	awk -v s="$scenario" -v a="$a" -v b="$b" -v f="$few" -v m="$many" \
		'BEGIN { printf "%-5s %7.2f us with %d users, %7.2f us with %d: ratio %.2f\n", s, a, f, b, m, b / a }'
done
