"""Train and evaluate the shipped models, with generated text. Needs the dependency group `train`."""
