"""Measurements, each one command: `.venv/bin/python -m benchmarks.<name>`. No timed assertions: figures go to docs/performance.md."""
