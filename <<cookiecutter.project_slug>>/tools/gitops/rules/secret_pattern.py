"""No value in Git is a credential, whatever kind of object or values file it stands in.

What is found are keys and tokens whose form tells what they are, and variables of containers that are called after a
secret and have a value. Whoever can read the repository, or ever could, has them.
"""

import re
from collections.abc import Iterator

from gitops import layout
from gitops.documents import Document, Path, dig, strings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SECRET02"
BAD = """\
env:
  - name: DB_PASSWORD
    value: correct-horse
"""
GOOD = """\
env:
  - name: DB_PASSWORD
    valueFrom:
      secretKeyRef: {name: shop-db, key: password}
"""
FORMS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|\bAGE-SECRET-KEY-1[0-9A-Z]{50,}",
    "an access key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\bgh[oprsu]_[0-9A-Za-z]{36,}|\bgithub_pat_\w{22,}",
    "a token of GitLab": r"\bglpat-[\w-]{20,}",
    "a token of Slack": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}|\bhooks\.slack\.com/services/T\w+/B\w+/\w{16,}",
    "an API key of Google": r"\bAIza[\w-]{35}\b",
    "a token of Vault": r"\bhv[bs]\.[\w-]{24,}",
    "a signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "a URL with a password": r"\b[a-z][a-z0-9+.-]*://[^/\s:@$]+:[^/\s:@$]+@[\w.-]+",
}
FORM = re.compile("|".join(f"({form})" for form in FORMS.values()))
SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|(?:ACCESS|PRIVATE|SECRET)_KEY)$", re.IGNORECASE
)


def check(repository: Repository) -> Iterator[Finding]:
    for file, documents in repository.documents.items():
        for document in documents if layout.is_delivered(file) else ():
            for path, text in strings(document.data):
                if what := _what(document, path, text):
                    fix = "let a Secret that an ExternalSecret makes hold it, and change it: it is known now"
                    yield Finding(ID, *document.at(*path), f"{_name(document)}{what} is in Git", fix)


def _what(document: Document, path: Path, text: str) -> str:
    """What a value is that must not be in Git; empty if it may be."""
    if match := FORM.search(text):
        return list(FORMS)[(match.lastindex or 1) - 1]
    if path[-1:] == ("value",) and len(path) > 2 and path[-3:-2] in (("env",), ("extraEnv",)):
        name = dig(document.data, *path[:-1], "name")
        if isinstance(name, str) and SECRET_NAME.search(name) and text and "$(" not in text:
            return f"the value of {name}"
    return ""


def _name(document: Document) -> str:
    return f"{document}: " if document.is_object else ""
