"""Comments: their values, life cycle and rules, their stores, and the names of background jobs."""
