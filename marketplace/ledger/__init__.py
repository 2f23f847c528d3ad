"""The money of a programme: a double-entry ledger in whole won."""
