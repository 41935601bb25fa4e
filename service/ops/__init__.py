"""Health checks, metrics and the operations pages."""
