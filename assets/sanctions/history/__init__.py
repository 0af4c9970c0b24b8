"""From editions of a list to versions in two clocks: by comparison, and as the texts state it."""
