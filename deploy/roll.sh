#!/bin/sh
# Replaces the containers of a process by those of DZWONEK_VERSION: as many new ones first, and when they are ready the
# old ones go. For an API no request is lost meanwhile: the gateway goes to those that are there.
#
# usage: deploy/roll.sh PROCESS...      from the folder of compose.yaml
set -eu

if [ $# = 0 ]; then
  echo "say which: deploy/roll.sh accounts-api notifications-api" >&2
  exit 2
fi
for process in "$@"; do
  old=$(docker compose ps --quiet "$process")
  if [ -z "$old" ]; then
    echo "$process does not run: docker compose up --wait $process" >&2
    exit 1
  fi
  set -- $old
  docker compose up --detach --no-deps --no-recreate --wait --scale "$process=$((2 * $#))" "$process"
  docker stop "$@" >/dev/null
  docker rm "$@" >/dev/null
  echo "$process: $# replaced"
done
