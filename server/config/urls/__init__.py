"""Parses and validates the URLs and addresses of the configuration."""
