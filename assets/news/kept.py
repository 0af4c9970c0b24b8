"""What stands when a file of this domain is refused."""

KEPT = "The file is kept in the raw store; nothing of it was taken in."
