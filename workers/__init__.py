"""Judges: text, filters, policy and learning, and the jobs that run them."""
