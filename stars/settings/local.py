"""A newcomer's own machine: `bin/serve` sets the environment; plain http, so cookies without Secure."""

from .base import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "stars.demo"]
