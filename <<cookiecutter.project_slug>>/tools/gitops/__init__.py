"""The command line of this repository."""
