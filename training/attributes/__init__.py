"""Train and measure the attribute model."""
