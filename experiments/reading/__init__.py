"""What an experiment says: figures of its replies, means and charts of them, and whether a knob matters."""
