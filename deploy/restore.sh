#!/bin/sh
# Lays a backup into an EMPTY data folder and an EMPTY media folder; start PostgreSQL on it afterwards (reliability.md B2, B3).
#   restore.sh BACKUP DATA MEDIA [ARCHIVE [MOMENT]]
# ARCHIVE is the folder of archived WAL, MOMENT a time like '2026-11-28 09:59:59+02': the state just before it comes back.
# The restored server begins a timeline of its own: the portal notices and sends no letter until `manage.py release_mail`.
set -eu
backup=${1:?the folder of one backup} data=${2:?an empty folder} media=${3:?an empty folder} archive=${4:-} moment=${5:-}
for folder in "$data" "$media"; do
  mkdir -p "$folder"
  if [ -n "$(ls -A "$folder")" ]; then
    echo "$folder is not empty; nothing was changed." >&2
    exit 1
  fi
done
(cd "$backup" && sha256sum --check --quiet SHA256SUMS)
if ls "$backup"/base/*.gpg >/dev/null 2>&1; then
  open=$(mktemp -d)
  trap 'rm -rf "$open"' EXIT
  mkdir "$open/base"
  (cd "$backup" && find . -name '*.gpg') | while read -r file; do
    gpg --batch --quiet --decrypt --output "$open/${file%.gpg}" "$backup/$file"
  done
  backup=$open
fi
chmod 700 "$data"
tar -C "$data" -xzf "$backup/base/base.tar.gz"
tar -C "$data/pg_wal" -xzf "$backup/base/pg_wal.tar.gz"
tar -C "$media" -xzf "$backup/media.tar.gz"
rm -f "$data/postmaster.pid"
# Recovery from an archive, even where there is none, ends on a new timeline.
touch "$data/recovery.signal"
{
  if [ -n "$archive" ]; then echo "restore_command = 'cp \"$archive/%f\" \"%p\"'"; else echo "restore_command = 'false'"; fi
  if [ -n "$moment" ]; then
    echo "recovery_target_time = '$moment'"
    echo "recovery_target_inclusive = off"
    echo "recovery_target_action = 'promote'"
  fi
} >>"$data/postgresql.auto.conf"
echo "Restored. Start PostgreSQL on $data, then: manage.py check_invariants, manage.py release_mail --look"
