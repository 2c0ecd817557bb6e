"""The storing core: one transaction for a batch of events, whether from webhooks, an import or a sweep."""
