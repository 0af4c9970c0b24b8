"""What states do in the open besides sanctions: how they vote, and what duties they take."""
