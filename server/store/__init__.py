"""The only SQL of the project: one module per noun, functions that take a cursor first and never open a transaction."""
