"""Sign-outs that were forgotten: the volunteer answers, the leader decides what is odd."""
