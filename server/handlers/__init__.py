"""Thin HTTP: read, authorise, one or two calls, answer. One module a noun; none imports another."""
