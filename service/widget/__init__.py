"""Serve the widget: the script that shows comments and a form on any page."""
