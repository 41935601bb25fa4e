"""Read text the way people do: normalization, words, links, traits and profanity."""
