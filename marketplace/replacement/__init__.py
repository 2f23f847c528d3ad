"""Another expert takes a running mentorship over, with the visits and the money that are left."""
