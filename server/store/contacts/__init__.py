"""SQL of contacts: their fields, values, labels and lists."""
