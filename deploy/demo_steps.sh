# Owns the steps that the demonstrations share: their directory, their receiver, their output and their end. Never
# contains a step of the story. Sourced by demo.sh and demo_nodes.sh, which set $build first.
# shellcheck shell=bash disable=SC2034,SC2154
place=$(mktemp -d "${TMPDIR:-/tmp}/referd-demo-XXXXXX")
pids=' '          # of the running processes, the newest first
stop_more() { :; } # a demonstration may have more to stop

finish() {
	local status=$?
	trap - EXIT
	for pid in $pids; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	stop_more
	if [ "$status" -ne 0 ]; then
		printf '\nThe demo failed. The last lines of each log:\n' >&2
		tail -n 20 "$place"/*.err >&2 || true
	fi
	rm -rf "$place"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

bold='' plain=''
if [ -t 1 ]; then
	bold=$'\033[1m' plain=$'\033[0m'
fi
title() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }
fail() {
	printf 'demo: %s\n' "$1" >&2
	exit 1
}

# Shows a command line, runs it and shows its output, which is then in $out.
show() {
	printf '\n$ %s\n' "$1"
	out=$(eval "$1")
	printf '%s\n' "$out"
}

# The first match of a sed pattern in the last output.
pick() { sed -n "s/.*$1.*/\\1/p" <<<"$out" | head -n 1; }

expect() { # TEXT
	case $out in
	*"$1"*) ;;
	*) fail "expected $1" ;;
	esac
}

# Waits until FILE has COUNT lines that match PATTERN.
await() { # PATTERN FILE [COUNT]
	local end=$((SECONDS + 20))
	until [ "$(grep -c -- "$1" "$2")" -ge "${3:-1}" ]; do
		[ "$SECONDS" -lt "$end" ] || fail "no \"$1\" in $2 within 20 s"
		sleep 0.02
	done
}

started() { pids=" $1$pids"; }     # PID
ended() { pids=${pids/ $1 / }; }   # PID

# Ends a process, which must exit with status 0.
stop() { # PID NAME
	kill "$1"
	wait "$1" || fail "$2 exited with status $?"
	ended "$1"
}

start_receiver() {
	"$build/referd-bench" receiver --print --identity "$place/identity.pem" --ca-out "$place/ca.pem" \
		>"$place/receiver.out" 2>"$place/receiver.err" &
	receiver_pid=$!
	started "$receiver_pid"
	printf '\n$ referd-bench receiver --print --identity identity.pem --ca-out ca.pem\n'
	await 'listening on' "$place/receiver.out"
	out=$(head -n 1 "$place/receiver.out")
	printf '%s\n' "$out"
	hooks=$(pick 'listening on \(.*\)')
}
