"""What a check of `./gitops doctor` says."""

from dataclasses import dataclass

OK, NOTE, PROBLEM = "ok", "note", "problem"


@dataclass(frozen=True)
class Check:
    """What was looked at, what was found, and what to do about it. Only a `problem` stops work."""

    subject: str
    state: str
    found: str
    fix: str = ""
