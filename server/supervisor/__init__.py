"""Several web processes behind one listening socket: started, watched, reloaded and counted together (ADR 29)."""
