#!/bin/sh
# Owns the one line that a customer writes: the friend with this code has bought. Called by adnanh's webhook,
# which passes its environment on.
exec curl -sS --fail "$QUALIFY_URL" -d "code=$1"
