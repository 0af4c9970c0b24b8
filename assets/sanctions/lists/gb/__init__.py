"""The United Kingdom: UK Sanctions List."""
