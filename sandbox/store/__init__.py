"""The sandbox's entities: in memory with their indexes, paged, and archived in SQLite."""
