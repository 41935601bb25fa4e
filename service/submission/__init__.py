"""Receive comments over HTTP, and let authors follow, edit and withdraw theirs."""
