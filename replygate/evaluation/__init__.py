"""`replygate evaluate`: how well the filters judge comments whose labels are known."""
