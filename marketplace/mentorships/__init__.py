"""The mentorship after its match was approved: the agreement, its plan, its signatures and its changes."""
