"""Show published comments: JSON, HTML, feeds, live updates, and readers' reports."""
