"""What makes the portal run on one machine: packages, servers, keys. Production uses none of it."""
