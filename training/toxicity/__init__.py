"""Train the shipped toxicity model and write its card. Needs the dependency group `train`."""
