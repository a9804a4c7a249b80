"""The format `pdf`: a report of a takeoff, and the small part of PDF that it needs."""
