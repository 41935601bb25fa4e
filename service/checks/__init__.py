"""Check comments of other programs: verdicts without storing a comment of the site, and lessons from their answers."""
