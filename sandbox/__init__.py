"""A simulator of the UniPile API v1 on one machine, with a page that plays the customers' phones."""
