#!/usr/bin/env bash
# Builds referd_VERSION_ARCH.deb from a built program. Needs dpkg-dev, no root, and no network.
# usage: build.sh REFERD VERSION OUT-DIRECTORY. Called by make deb and by e2e/test_package.
set -euo pipefail
referd=$(realpath "$1") version=$2 out=$(realpath "$3")
cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
umask 022

install -D -m 0755 -s "$referd" "$root/usr/bin/referd"
for unit in referd.service referd-backup.service referd-backup.timer; do
	install -D -m 0644 "deploy/$unit" "$root/usr/lib/systemd/system/$unit"
	sed -i 's|/usr/local/bin|/usr/bin|' "$root/usr/lib/systemd/system/$unit"
done
install -D -m 0644 deploy/debian/sysusers.conf "$root/usr/lib/sysusers.d/referd.conf"
install -D -m 0600 deploy/debian/referd.env "$root/etc/referd/referd.env"

doc=$root/usr/share/doc/referd
install -D -m 0644 -t "$doc" deploy/README.md deploy/alerts.yaml deploy/grafana.json
install -m 0644 LICENSE "$doc/copyright"
gzip -9n <deploy/CHANGELOG.md >"$doc/changelog.gz"
mkdir -p "$root/usr/share/man/man1" "$root/usr/share/bash-completion/completions" "$root/DEBIAN"
sh deploy/debian/manual.sh man "$referd" | gzip -9n >"$root/usr/share/man/man1/referd.1.gz"
sh deploy/debian/manual.sh completion "$referd" >"$root/usr/share/bash-completion/completions/referd"

# dpkg-shlibdeps reads debian/control, which must exist.
mkdir "$root/debian"
printf 'Source: referd\n\nPackage: referd\nArchitecture: any\n' >"$root/debian/control"
libraries=$(cd "$root" && dpkg-shlibdeps -O -eusr/bin/referd 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
rm -r "$root/debian"
[ -n "$libraries" ] || { echo "build.sh: dpkg-shlibdeps found no libraries" >&2; exit 1; }

architecture=$(dpkg --print-architecture)
# Debian's security upload of libevent closes eight CVEs in the library that sends the webhooks.
cat >"$root/DEBIAN/control" <<END
Package: referd
Version: $version
Architecture: $architecture
Maintainer: referd <referd@localhost>
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: $libraries, libevent-core-2.1-7 (>= 2.1.12-stable-8+deb12u1), ca-certificates, init-system-helpers, passwd
Section: web
Priority: optional
Description: self-hosted referral-campaign server
 referd keeps campaigns, users and rewards, shows the pages on which people
 join, and sends webhooks. It has a dashboard and a REST API.
END
echo /etc/referd/referd.env >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do
	install -m 0755 "deploy/debian/$script" "$root/DEBIAN/$script"
done
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/referd_${version}_$architecture.deb" >/dev/null
echo "$out/referd_${version}_$architecture.deb"
