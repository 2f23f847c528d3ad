"""What a mentorship changed: measured figures against their goals, and effects on the firm's business."""
