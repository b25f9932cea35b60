"""How much work is too much: its kinds, and the most of each for one worker."""
