"""Send webhooks and email: outbox, retries and guarded HTTP."""
