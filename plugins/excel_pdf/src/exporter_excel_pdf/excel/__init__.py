"""The format `excel`: a workbook of a takeoff, written as SpreadsheetML (ECMA-376)."""
