"""Events from texts in Chinese: actors, dates and the acts of a lexicon, without a parser."""
