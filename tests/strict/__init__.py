"""Guards that fail a test for what would pass unseen; each module patches one corner (reliability.md 12)."""
