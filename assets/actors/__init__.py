"""Actors: states, jurisdictions, bodies and persons, and every code or name that stands for one of them."""
