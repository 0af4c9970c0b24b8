"""Canada: the consolidated list of its autonomous sanctions."""
