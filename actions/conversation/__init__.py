"""What a conversation is about: the case in play, the facts people state, and where a message belongs."""
