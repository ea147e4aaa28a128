#!/bin/sh
# One backup: the database as it stands, the stored files, sums over both (reliability.md B1). Run daily by the host's timer.
#   BACKUP_DATABASE_URL  postgresql:// of a role that may replicate (stars_owner)     BACKUP_FOLDER  where backups lie
#   STARS_MEDIA_ROOT     the stored files          BACKUP_RECIPIENT  gpg key to encrypt to (none: the folder must be encrypted)
#   BACKUP_KEPT_DAYS     older ones go (14)
# The field keys are not in it: they lie in escrow, apart from the data.
set -eu
: "${BACKUP_DATABASE_URL:?}" "${BACKUP_FOLDER:?}" "${STARS_MEDIA_ROOT:?}"
name=$(date -u +%Y%m%dT%H%M%SZ)
half="$BACKUP_FOLDER/$name.half"
umask 077
mkdir -p "$half"
trap 'rm -rf "$half"' EXIT
pg_basebackup -d "$BACKUP_DATABASE_URL" -D "$half/base" -F tar -z -X stream -c fast --manifest-checksums=SHA256 --no-password
# After the base backup: a file named by a row of the backup is there; one that came later has no row and does no harm.
mkdir -p "$STARS_MEDIA_ROOT"
tar -C "$STARS_MEDIA_ROOT" -czf "$half/media.tar.gz" .
if [ -n "${BACKUP_RECIPIENT:-}" ]; then
  find "$half" -type f | while read -r file; do
    gpg --batch --yes --trust-model always --encrypt --recipient "$BACKUP_RECIPIENT" --output "$file.gpg" "$file"
    rm "$file"
  done
fi
(cd "$half" && find . -type f ! -name SHA256SUMS | sort | xargs sha256sum >SHA256SUMS)
mv "$half" "$BACKUP_FOLDER/$name"
trap - EXIT
# What feeds the alarm "no backup within 26 hours".
psql "$BACKUP_DATABASE_URL" --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
INSERT INTO kernel_jobrun (job, day, started_at, done_at, runs, failures, last_error)
VALUES ('backup', (now() AT TIME ZONE 'Europe/Riga')::date, now(), now(), 1, 0, '')
ON CONFLICT (job, day) DO UPDATE SET done_at = now(), runs = kernel_jobrun.runs + 1, last_error = '';
SQL
find "$BACKUP_FOLDER" -maxdepth 1 -type d -name '*T*Z' -mtime "+${BACKUP_KEPT_DAYS:-14}" -exec rm -rf {} +
echo "$BACKUP_FOLDER/$name"
