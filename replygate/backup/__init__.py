"""Backups of a whole installation: their file, where they are kept, and the restore."""
