"""Events that others coded and published as files: ICEWS and POLECAT."""
