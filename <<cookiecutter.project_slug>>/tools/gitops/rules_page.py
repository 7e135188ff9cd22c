"""The documentation of the rules, made from them: `python -m gitops.rules_page` prints it."""

from gitops.rules import all_rules

INTRODUCTION = """\
# Rules of the validator

Made from the modules in `tools/gitops/rules/`, and kept so by a test. `./gitops validate` prints a finding as
`path:line: RULE what`, and below it the fix.
"""


def page() -> str:
    """The page, as Markdown."""
    sections = [f"## {rule.id}\n\n**{rule.title}**\n\n{rule.reason}\n" for rule in all_rules()]
    return "\n".join([INTRODUCTION, *sections])


if __name__ == "__main__":
    print(page(), end="")
