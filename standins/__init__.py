"""Small real servers in place of those of the state and the agency; the portal imports none of them."""
