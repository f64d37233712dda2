#!/usr/bin/env bash
# Owns the lists of Debian packages that this project needs. Never changes a package that is already installed,
# except a libevent without its security fixes. Called by make deps, deploy/demo.sh and .ci/run:
#   deps.sh             what building referd and `make test` need
#   deps.sh --check     what `make check`, `make fuzz` and the tests with reverse proxies need as well
#   deps.sh --nodes     what `make demo-nodes` needs as well: PostgreSQL and HAProxy
#   deps.sh --browser   what `make test-browser` and the signature tests need as well
#   deps.sh --bench     what `make bench` needs as well
set -euo pipefail

packages=(build-essential pkg-config libevent-dev libssl-dev liblmdb-dev libjson-c-dev libidn2-dev
	libqrencode-dev libpq-dev libcmocka-dev python3 python3-jsonschema python3-yaml curl faketime)
# Debian 12's security upload, which closes eight CVEs of the library that sends the webhooks.
libevent=2.1.12-stable-8+deb12u1

version_of() { # PACKAGE
	dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | sed -n 's/^installed //p'
}

libevent_is_safe() {
	local package version
	for package in libevent-dev libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7; do
		version=$(version_of "$package")
		if [ -n "$version" ] && dpkg --compare-versions "$version" lt "$libevent"; then
			return 1
		fi
	done
}

if ! command -v dpkg-query apt-get >/dev/null; then
	echo "deps: this system has no apt-get. referd needs a C17 compiler, make, pkg-config, and the headers of libevent" \
		"2.1.12 (with the fixes of Debian's $libevent), OpenSSL 3, LMDB, json-c, libidn2, libqrencode and cmocka," \
		"libpq if the data are in PostgreSQL, and python3 with jsonschema and yaml, curl and faketime for the tests." \
		"\`make check\` needs clang, clang-tidy, clang-format, cppcheck and a PostgreSQL server;" \
		"the tests with reverse proxies need nginx, haproxy and caddy, the test of the alerts promtool;" \
		"\`make test-browser\` needs node, npm and chromium." >&2
	exit 0
fi

missing=()
need_program() { # PROGRAM...: each is in the package of the same name, or comes from somewhere else
	local program
	for program; do
		command -v "$program" >/dev/null || missing+=("$program")
	done
}

need_haproxy_and_postgresql() { # PostgreSQL from a package, because other builds differ in their paths
	[ -x "$(PATH=$PATH:/usr/sbin command -v haproxy)" ] || missing+=(haproxy)
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
}

case ${1:-} in
'')
	for package in "${packages[@]}"; do
		[ -n "$(version_of "$package")" ] || missing+=("$package")
	done
	if ! libevent_is_safe; then
		echo "deps: libevent is older than $libevent: deps.sh updates it"
		missing+=(libevent-dev libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7)
	fi
	;;
--check)
	need_program clang clang-tidy clang-format cppcheck
	need_haproxy_and_postgresql
	for program in nginx caddy debootstrap; do # e2e/test_proxies, e2e/test_package
		[ -x "$(PATH=$PATH:/usr/sbin command -v $program)" ] || missing+=("${program/%nginx/nginx-light}")
	done
	command -v promtool >/dev/null || missing+=(prometheus) # e2e/test_monitoring
	;;
--nodes)
	need_haproxy_and_postgresql
	;;
--browser)
	command -v node >/dev/null || missing+=(nodejs)
	need_program npm chromium
	;;
--bench) need_program wrk ;;
*)
	echo "usage: deploy/deps.sh [--check | --nodes | --browser | --bench]" >&2
	exit 2
	;;
esac
if [ "${#missing[@]}" -eq 0 ]; then
	echo "deps${1:+ $1}: all packages are installed"
	exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	as_root=(sudo)
fi
echo "deps: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
if ! libevent_is_safe; then
	echo "deps: libevent 2.1.12 must be $libevent or newer (Debian 12's security updates):" \
		"add the bookworm-security source, then run make deps again" >&2
	exit 1
fi
