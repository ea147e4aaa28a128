"""What funding tells the apps above it, inside the transaction of the change."""

from django.dispatch import Signal

# The target-group check is passed and the grants are posted; arguments: person_id (UUID), by (Actor).
account_approved = Signal()
# The target-group check is not passed; arguments: person_id (UUID), source_ids (list of int), reason (str), by (Actor).
account_refused = Signal()
