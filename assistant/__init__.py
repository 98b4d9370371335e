"""The running service: application, Rasa engine, channels, storage, web pages and command line."""
