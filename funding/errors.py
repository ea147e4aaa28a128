"""What funding refuses, by name."""

from stars.kernel.errors import DomainError


class NoGrant(DomainError):
    """The account holds no usable grant of this source."""
