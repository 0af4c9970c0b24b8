"""News: articles with the actors that they name, and coded events with the coverage of their source."""

KEPT = "The file is kept in the raw store; nothing of it was taken in."
"""What stands when a file of this domain is refused."""
