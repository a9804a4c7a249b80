"""Format `ost`: takeoffs as XML."""
