"""What is known of a browser: its address, its session's life, where its person wanted to go, if it was here before."""
