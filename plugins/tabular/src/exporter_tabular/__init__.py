"""Formats `csv`, `json` and `jsonl`: the rows of any record, or occurrences with all that belongs to them."""
