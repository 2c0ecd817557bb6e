"""The state of the installation: what operators check with `run.py doctor`, and owners on the page System."""
