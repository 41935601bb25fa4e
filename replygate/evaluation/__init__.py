"""Measure the filters on labelled comments, for `replygate evaluate`."""
