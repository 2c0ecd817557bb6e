"""The web process, and the code that it shares with the worker."""

VERSION = "0.2.0"
