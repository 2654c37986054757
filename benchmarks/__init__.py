"""How fast the playground is on this machine: `python -m benchmarks`, described in docs/performance.md."""
