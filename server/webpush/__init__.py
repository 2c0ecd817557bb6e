"""Web push: the server's key, which addresses may be push services, and the requests to them."""
