#!/bin/sh
# Gives each service a role and a database of its own that no other may enter, with the password of its secret file.
# Run again it changes nothing but a password that was changed, so that it also adds the database of a new service.
set -eu

export PGHOST=postgres PGUSER=postgres PGDATABASE=postgres
PGPASSWORD=$(cat /run/secrets/postgres/superuser-password)
export PGPASSWORD

for service in "$@"; do
  export PASSWORD_FILE="/run/secrets/$service/database-password"
  test -s "$PASSWORD_FILE" || { echo "$PASSWORD_FILE is missing or empty" >&2; exit 2; }
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --set "service=$service" <<'SQL'
\set password `cat "$PASSWORD_FILE"`
SELECT format('CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE', :'service')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'service')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
  echo "$service has its database"
done
