"""Keeps: what a comment is, which steps it may take, where it is stored and which jobs exist."""
