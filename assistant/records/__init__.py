"""What is kept about who did what, how long it is kept, and how it is given out or erased."""
