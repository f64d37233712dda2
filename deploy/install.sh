#!/bin/sh
# Installs the two programs and the systemd units, and enables and starts the server. It does not enable the timer of
# the backups.
# Run it as root in the source tree after `make`. Run it again to upgrade.
set -eu
cd "$(dirname "$0")/.."
prefix=${PREFIX:-/usr/local}

test "$(id -u)" = 0 || { echo "install.sh: run this script as root" >&2; exit 1; }
test -x build/release/referd || { echo "install.sh: build/release/referd is missing: run make first" >&2; exit 1; }

install -D -m 0755 build/release/referd "$prefix/bin/referd"
install -D -m 0755 build/release/referd-bench "$prefix/bin/referd-bench"
install -d -m 0755 /etc/referd
if [ ! -e /etc/referd/referd.env ]; then
	install -m 0600 /dev/null /etc/referd/referd.env
	echo "# REFERD_PUBLIC_URL=https://refer.example.com" > /etc/referd/referd.env
fi
for unit in referd.service referd-backup.service referd-backup.timer; do
	sed "s|/usr/local/bin|$prefix/bin|" "deploy/$unit" > "/etc/systemd/system/$unit"
	chmod 0644 "/etc/systemd/system/$unit"
done
systemctl daemon-reload
systemctl enable referd
systemctl restart referd
echo "referd is running. Settings: /etc/referd/referd.env. First tokens: /var/lib/referd/first-start.txt (for root)."
