"""What tells others of a run: metrics for Prometheus, pings for a dead man's switch, states for systemd.

None of it is able to fail a run: what cannot be told is one line on standard error.
"""
