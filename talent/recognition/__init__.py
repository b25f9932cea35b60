"""Recognition: star schemes, stars and medals, evaluations, awards, the honour roll."""
