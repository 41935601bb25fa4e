"""Judge a batch of comments: collect evidence, run the filters, apply the policy."""
