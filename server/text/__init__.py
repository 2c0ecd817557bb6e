"""Parses text as people write it: names, phone numbers, times, graphemes, and folding for search."""
