"""Measurements: each prints ratios or sizes of one run, and the command that made them."""
