"""Talks: everything that goes over HTTP."""
