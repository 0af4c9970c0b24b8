"""The marts, the audit of the whole build, and the publication."""
