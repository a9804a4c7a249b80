"""What formats of construction takeoffs share: units, geometry, quantities in SQL, and the conditions with their measurements."""
