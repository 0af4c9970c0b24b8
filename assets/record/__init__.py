"""The built-in record: what of each source's files is passed on."""
