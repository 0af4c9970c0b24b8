"""Facts about lists that no list states itself, as small tables with a source for each row."""
