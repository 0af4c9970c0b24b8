"""How bytes come in: declared sources, fetchers, archives, guards, and the raw store that keeps them."""
