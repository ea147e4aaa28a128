"""What accounts tells the apps above it, inside the transaction of the change."""

from django.dispatch import Signal

# A person has filled in the registration form; arguments: person_id (UUID), by (Actor).
client_registered = Signal()
