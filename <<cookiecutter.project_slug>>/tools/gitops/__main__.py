"""`python -m gitops` is `./gitops`."""

from gitops.cli import main

main(prog_name="gitops")
