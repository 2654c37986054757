"""One request and its answer on the wire: what is sent, how it is read, what goes wrong."""
