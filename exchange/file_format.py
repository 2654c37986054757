"""The playground's own format of conversations: docs/conversations-format.md describes it."""

FORMAT = "playground-conversations"
VERSION = 1
