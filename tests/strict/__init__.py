"""Guards that fail a test for what would pass unseen: each module patches one corner of the machinery (reliability.md 12)."""
