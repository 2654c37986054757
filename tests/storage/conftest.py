"""A busy machine may be slow: examples are judged by what they show, not by their time."""

from hypothesis import settings

settings.register_profile("storage", deadline=None)
settings.load_profile("storage")
