"""The documentation of the rules, made from them: `python -m gitops.rules_page` prints it."""

from gitops.rules import Rule, all_rules

INTRODUCTION = """\
# Rules of the validator

Made from the modules in `tools/gitops/rules/`, and kept so by a test. `./gitops validate` prints a finding as
`path:line: RULE what`, and below it the fix; `./gitops validate --explain RULE` prints what is said here.

Where a rule is wrong for once, a remark in a YAML file lets it pass: `# gitops: ignore RULE reason` at the end of the
line that the finding names, on a line above it, or in the first lines of a file for all of that.
"""


def section(rule: Rule) -> str:
    """What there is to say about a rule, as Markdown."""
    parts = [f"## {rule.id}", f"**{rule.title}**", rule.reason]
    for what, example in (("Bad", rule.bad), ("Good", rule.good)):
        if example:
            parts += [f"{what}:", f"```yaml\n{example}```"]
    return "\n\n".join(parts) + "\n"


def page() -> str:
    """The page, as Markdown."""
    return "\n".join([INTRODUCTION, *map(section, all_rules())])


if __name__ == "__main__":
    print(page(), end="")
