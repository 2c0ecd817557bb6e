"""Reads and checks the URLs and addresses of the configuration."""
