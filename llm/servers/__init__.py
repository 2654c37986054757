"""The servers that a model can be asked at: addresses and keys, what they list, and the one on this machine."""
