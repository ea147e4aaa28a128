"""What accounts tells the apps above it, inside the transaction of the change."""

from django.dispatch import Signal

# A person has filled in the registration form; arguments: person_id (UUID), by (Actor).
client_registered = Signal()
# Something known of a person is another now, a register's word or a dispute; arguments: person_id (UUID), by (Actor).
facts_changed = Signal()
# The register says that a person has died, and their way in is closed; arguments: person_id (UUID), by (Actor).
person_died = Signal()
