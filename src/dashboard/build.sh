#!/usr/bin/env bash
# Builds the dashboard into DIST (src/dashboard/dist), with the locked npm packages and with the types of the API of the
# referd that is given. usage: build.sh REFERD [DIST]. Called by make dashboard and make check-dashboard.
set -euo pipefail
referd=$(realpath "$1")
dist=$(realpath -m "${2:-$(dirname "$0")/dist}")
cd "$(dirname "$0")"
work=../../build/dashboard
mkdir -p "$work"

if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
	npm ci --no-audit --no-fund --loglevel=error
fi

scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
: >"$scratch/out" # the loop below may look before the server has opened it
"$referd" serve --data "$scratch/data" --listen 127.0.0.1:0 --map-size 1GiB >"$scratch/out" 2>"$scratch/log" &
server=$!
for _ in $(seq 600); do
	address=$(sed -n 's/^listening on //p' "$scratch/out")
	[ -z "$address" ] || break
	if ! kill -0 "$server" 2>/dev/null; then
		cat "$scratch/log" >&2
		exit 1
	fi
	sleep 0.1
done
curl -fsS "$address/api/v2/openapi.json" >"$work/openapi.json"

npx --no-install openapi-typescript "$work/openapi.json" -o "$work/api.d.ts" >"$scratch/types" 2>&1 || {
	cat "$scratch/types" >&2
	exit 1
}
npx --no-install tsc
node build.mjs "$dist"
