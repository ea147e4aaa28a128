"""Views by audience: client, provider."""
