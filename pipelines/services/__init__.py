"""What is done to a warehouse: the three services on it, of which none calls back."""
