"""How the shipped prior comes about: generated text, the training and the evaluation. Needs the extra `train`."""
