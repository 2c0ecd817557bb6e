"""Live updates: channel names, the frames that travel, and the way from Redis to this process's sockets."""
