"""Pages for site owners: settings, team, rules and the audit log."""
