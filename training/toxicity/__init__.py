"""How the shipped toxicity model comes about: its texts, its training and its card. Needs the group `train`."""
