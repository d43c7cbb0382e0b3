"""What a command says of a sweep, and in which form: words for people, JSON lines for programs, or errors alone."""
