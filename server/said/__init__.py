"""The sentences that the app shows: each has a code and parameters, by which the app translates it."""
