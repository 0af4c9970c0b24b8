"""The US Department of Homeland Security: UFLPA Entity List."""
