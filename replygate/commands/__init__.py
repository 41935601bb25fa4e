"""The commands of `replygate` that manage a deployment."""
