"""Overdose statistics: counts of deaths as each vintage gave them."""
