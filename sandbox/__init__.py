"""A local simulator of the UniPile API v1, with a page that simulates the customers' phones."""
