"""Conversations, messages and replies in one SQLite file."""
