"""What the readers of all lists share: the staged shape, names, dates, countries, sorts of parties."""
