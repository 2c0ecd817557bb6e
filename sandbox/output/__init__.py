"""What the sandbox sends out: bodies, webhooks, and the changes of open phone pages."""
