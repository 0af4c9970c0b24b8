"""GDELT 1.0 and 2.0: files of events and mentions, and their fold into events, reports and coverage."""
