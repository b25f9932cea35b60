"""The quiz of a course and its bank of questions."""
