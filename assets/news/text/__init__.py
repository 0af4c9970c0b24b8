"""What every text of the news is cut into: sentences, and the actors that it names."""
