"""What the assistant can do in a conversation: Rasa custom actions over the rules and the guidance."""
