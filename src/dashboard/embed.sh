#!/bin/sh
# Writes a C file that holds the files of dist/ with their gzip and brotli forms. The Makefile calls it.
set -eu
cd "$(dirname "$0")/dist"

bytes() { # NAME FILE
	echo "static const unsigned char $1[] = {"
	od -An -v -tu1 "$2" | sed 's/[0-9][0-9]*/&,/g'
	echo "};"
}

echo '#include "api/pages/dashboard.h"'
i=0
for file in index.html *.js *.css; do
	bytes "plain_$i" "$file"
	bytes "gzip_$i" "$file.gz"
	bytes "brotli_$i" "$file.br"
	i=$((i + 1))
done
echo 'const struct dashboard_file DASHBOARD_FILES[] = {'
i=0
for file in index.html *.js *.css; do
	echo "{\"$file\", {plain_$i, gzip_$i, brotli_$i}, {sizeof plain_$i, sizeof gzip_$i, sizeof brotli_$i}},"
	i=$((i + 1))
done
echo '{NULL, {0}, {0}}};'
echo "const char DASHBOARD_ETAG[] = \"\\\"$(sha256sum <index.html | cut -c1-16)\\\"\";"
