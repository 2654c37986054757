"""Comparing: one prompt to several columns of settings at once, and votes on what they reply."""
