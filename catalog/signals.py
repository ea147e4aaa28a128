"""What the catalogue tells the apps above it, inside the transaction of the change."""

from django.dispatch import Signal

# Nobody will learn in this group; arguments: group_id (int), reason (str, for the people), by (Actor).
group_cancelled = Signal()
# A group people hold places in has another time or place of learning, and says so in `rescheduled_at` until they have
# been told; arguments: group_id (int), by (Actor).
group_rescheduled = Signal()
