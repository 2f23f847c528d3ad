"""What is recorded, and what each of it is called."""

from marketplace.events.kinds import Event
from marketplace.events.labels import EVENT_LABELS

__all__ = ["EVENT_LABELS", "Event"]
