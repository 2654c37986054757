"""Rerunning a conversation: all that the user asked in it, asked again of another model or with other parameters."""
