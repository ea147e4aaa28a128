"""A virus scanner that speaks clamd's protocol."""
