"""Whole conversations as plain values, on their way out of the file and into it."""
