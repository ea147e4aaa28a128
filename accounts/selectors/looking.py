"""Looks at people's data that somebody should look into: too many, or too near (AUD-03). Each gives numbers of entries.

They are asked of the last day, so that an alarm nobody heard is still there in the morning.
"""

MOST_OPENED = 100  # people one user opens within an hour; lines of lists do not count

# A person opened again within the hour is the same opening. The looks that fill the hour are named, not only the last.
LOOKS_MANY = f"""
WITH opened AS (
  SELECT id, actor_user_id, at,
         lag(at) OVER (PARTITION BY actor_user_id, person_id ORDER BY at, id) AS before
  FROM kernel_accessentry
  WHERE at > now() - interval '25 hours' AND NOT is_list AND actor_user_id IS NOT NULL
), counted AS (
  SELECT actor_user_id, at,
         count(*) OVER (PARTITION BY actor_user_id ORDER BY at RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS many
  FROM opened WHERE before IS NULL OR before <= at - interval '1 hour'
), rang AS (
  SELECT actor_user_id, at FROM counted WHERE many > {MOST_OPENED} AND at > now() - interval '1 day'
)
SELECT o.id FROM opened o WHERE EXISTS (
  SELECT FROM rang WHERE rang.actor_user_id = o.actor_user_id AND o.at BETWEEN rang.at - interval '1 hour' AND rang.at
)
"""  # noqa: S608 - a figure of ours

# Sisters and brothers of one family end differently: Bērziņš and Bērziņa are one surname.
_ROOT = r"regexp_replace(lower({name}), '(is|us|š|s|a|e)$', '')"
_OWN = r"coalesce(own.last_name, substring(btrim(u.name) from '\S+$'))"
LOOKS_NEAR = f"""
SELECT e.id FROM kernel_accessentry e
JOIN accounts_person p ON p.id = e.person_id
JOIN accounts_user u ON u.id = e.actor_user_id
LEFT JOIN accounts_person own ON own.id = u.person_id
WHERE e.at > now() - interval '1 day' AND NOT e.is_list AND (
  p.is_watched
  OR {_ROOT.format(name="p.last_name")} = {_ROOT.format(name=_OWN)}
  OR EXISTS (
    SELECT FROM accounts_stafftie t JOIN accounts_personalcode c ON c.digest = t.digest
    WHERE t.user_id = u.id AND c.person_id = p.id
  )
)
"""  # noqa: S608 - nothing from outside
