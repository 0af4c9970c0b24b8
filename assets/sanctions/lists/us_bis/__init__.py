"""The US Bureau of Industry and Security: Entity List, Military End-User and Unverified lists, denied persons."""
