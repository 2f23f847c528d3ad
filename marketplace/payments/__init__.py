"""Payments: the claim of each accepted visit, its approval, the order to the bank, and the settlement."""
