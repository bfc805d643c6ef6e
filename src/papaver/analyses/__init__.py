"""One folder per question, every folder alike: the question, its parameters, its pure function, its page."""
