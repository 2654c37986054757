"""Experiments with their runs, comparisons with their votes."""
