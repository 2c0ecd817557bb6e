"""What WhatsApp does: pairing, messages, receipts, groups and media."""
