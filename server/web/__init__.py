"""What every HTTP request passes through: the protocol, authentication, limits, headers and responses."""
