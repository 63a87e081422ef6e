"""Goals over people and periods: what is counted alike, over which periods, and what it adds up to."""
