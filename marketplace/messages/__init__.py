"""What the sides of a mentorship write to each other, and the files that they share."""
