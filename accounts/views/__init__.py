"""What a browser asks of accounts, parted by who asks."""
