"""Templates of projects: positions, needs, gates and the times of a day or a week."""
