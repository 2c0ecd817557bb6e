"""Jobs that erase, prune and export."""
