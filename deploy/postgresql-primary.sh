#!/bin/sh
# Owns the settings of the primary in compose-nodes.yaml. Never runs on a standby, which gets these settings with its
# data. Called by the image of PostgreSQL, once, after it has created the cluster; the server then starts again.
set -e
echo 'host replication all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
psql -X -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "ALTER SYSTEM SET synchronous_standby_names = '*'"
