"""Problem and solution cards: what firm and expert learned, anonymised, for the next firm with the same symptom."""
