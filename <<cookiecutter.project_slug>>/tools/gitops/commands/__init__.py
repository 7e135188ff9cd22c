"""The verbs of the command line, a module each: it reads its arguments, calls what does the work, and prints."""
