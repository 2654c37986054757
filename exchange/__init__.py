"""Conversations as files: how they are written, and how those of this playground and of ChatGPT are read.

No Streamlit and no SQL: a notebook exports and imports as the pages do.
"""
