"""Numeric claims in articles: how many died, were seized, or were put on a list, as a text says it.

Belongs here: finding what is claimed. Does not: whether it is so, which ``sql/marts/claims_judged.sql`` says.
"""
