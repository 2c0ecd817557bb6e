"""SQL of erasure, retention and exports."""
