"""How a mentorship is led between its signing and years after: kick-off, monthly reports, mid-term check, follow-up."""
