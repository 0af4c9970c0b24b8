"""The European Union: consolidated list of financial sanctions."""
