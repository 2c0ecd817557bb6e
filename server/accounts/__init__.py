"""What happens to an account beside its rows."""
