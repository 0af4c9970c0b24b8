"""A history seen by comparing snapshots: what a snapshot says, what it changes, and the events that follow."""
