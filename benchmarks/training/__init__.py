"""Making the weights of the event coder: labelled sentences and the training itself, none of which shapes rows."""
