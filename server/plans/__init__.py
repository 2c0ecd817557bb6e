"""Entitlements, quotas and usage of the payer."""
