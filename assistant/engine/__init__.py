"""The Rasa agent inside the service: on its own thread, its actions called in process."""
