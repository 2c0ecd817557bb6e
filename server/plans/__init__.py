"""Plans: who pays, grants, quotas and usage."""
