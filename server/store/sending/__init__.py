"""SQL of sends."""
