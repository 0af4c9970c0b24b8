"""The US Office of Foreign Assets Control: SDN List and the other lists, in every format that it serves."""
