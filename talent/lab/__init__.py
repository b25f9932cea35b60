"""The rule lab: another way of counting, tried on real records before it holds."""
