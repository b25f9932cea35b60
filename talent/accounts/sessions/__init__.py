"""Who is signed in where: each session is a row, so that it can be seen and ended."""
