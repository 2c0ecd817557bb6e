"""What users do with conversations: assign, close, snooze, reopen, and give back."""
