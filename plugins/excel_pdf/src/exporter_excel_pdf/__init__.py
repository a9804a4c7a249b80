"""Formats `excel` and `pdf`: takeoffs as estimators hand them to clients."""
