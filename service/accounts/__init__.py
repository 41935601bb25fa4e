"""Sign-in, sessions, passwords, two-factor authentication and invitations."""
