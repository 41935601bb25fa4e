"""Benchmarks. Each compares its results within one run and prints them."""
