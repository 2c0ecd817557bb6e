"""SQL of entitlements and usage."""
