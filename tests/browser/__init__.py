"""The whole portal in a real browser, through the servers of `bin/serve`."""
