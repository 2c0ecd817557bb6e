"""What is erased and exported at the request of a person."""
