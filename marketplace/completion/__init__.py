"""How a mentorship ends: both sides report and rate each other, the firm takes over, the operator checks."""
