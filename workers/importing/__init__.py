"""Import comments from other programs."""
