"""News: articles with the actors that they name, and coded events with the coverage of their source."""
