"""The ways in: one module each. A channel turns its messages into one call, and one reply into its markup."""
