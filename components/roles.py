"""Who said a message, as a sign."""

ICONS = {
    "system": ":material/tune:",
    "user": ":material/person:",
    "assistant": ":material/auto_awesome:",
}
