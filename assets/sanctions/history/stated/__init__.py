"""A history that rules and dated texts state: the evidence, the entries it is about, and their rows."""
