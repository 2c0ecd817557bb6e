"""A team's day in the inbox, played by three agents through Confab's own REST API."""
