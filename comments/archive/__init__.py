"""Exports of whole sites, and the imports that read them: see docs/export.md."""
