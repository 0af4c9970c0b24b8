"""One folder per authority: the readers of its lists."""
