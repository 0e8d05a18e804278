"""What Unicode says of text: scripts and words, each in one place."""
