"""Models that score comments: the shipped one, each site's own, and toxicity."""
