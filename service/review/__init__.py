"""The moderators' queue: find, understand and decide comments, one at a time or many."""
