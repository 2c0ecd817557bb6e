"""SQL of users, rights and the audit log."""
