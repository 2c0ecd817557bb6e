"""Process-level concerns: logging, event loop, exit, migrations, first start."""
