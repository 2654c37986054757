"""What leaves the playground: an experiment's runs as CSV and JSONL, and its report as one file."""
