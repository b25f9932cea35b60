"""Groups and families that are signed up together (团体, 家庭)."""
