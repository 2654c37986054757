"""Conversations of every kind: their messages, and the replies that wrote them."""
