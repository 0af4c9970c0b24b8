"""How surely a name stands for an actor when nothing else is known, by the kind of name."""

BARE, ALONE, TITLED = 1.0, 0.8, 0.95
"""A full name of a holder of office, a surname without a title, and a title with a surname on a day of the term."""

IN_TERM, BESIDE = 0.6, 0.3
"""A surname without a title on a day of the term; the second where others in the news have it too (``Khan?``): it is meant only
where the text names the state."""

PLACE, SHARED = 0.8, 0.5
"""The name of a city or region that one state has, and of one that several have."""
