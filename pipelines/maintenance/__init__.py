"""Keeping a warehouse for years: from a row back to its bytes, whether all is as written, decisions of people, copies, clearing.

Works on the folder of the warehouse and on the published file; what rows mean is for the domains.
"""
