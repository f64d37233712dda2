#!/bin/sh
# Owns the check of one webhook's signature with openssl alone, for content other than JSON: a form body, or
# the raw query of a GET. Never checks the timestamp (a receiver must: at most 300 s old). Called by the tests:
#   verify.sh SECRET WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE < content
set -eu
key=$(printf %s "${1#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
expected=$({ printf '%s.%s.' "$2" "$3"; cat; } |
	openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
for signature in $4; do
	[ "$signature" = "v1,$expected" ] && exit 0
done
echo "not signed with this secret" >&2
exit 1
