"""Runnable comparisons; each prints its own table."""

import time

STARTED = time.perf_counter()
"""When the process began, near enough: imported before all that a benchmark measures the cold start of."""
