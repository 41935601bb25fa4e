"""Serve the protocols of other programs, so that their clients work with this service unchanged."""
