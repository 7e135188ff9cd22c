"""The roles, windows and service accounts of a project are such as Argo CD's API server accepts.

From Git they arrive unseen: a window that cannot be parsed opens or closes nothing, a policy about another project
gives nobody anything, and in the UI the project cannot be edited any more.
"""

import re
from collections.abc import Iterator
from typing import Any

from gitops.documents import Path, dig, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PROJECT09"
BAD = """\
kind: AppProject
metadata:
  name: shop
spec:
  roles:
    - name: ci
      policies:
        - p, proj:store:ci, applications, sync, store/*, allow
"""
GOOD = """\
kind: AppProject
metadata:
  name: shop
spec:
  roles:
    - name: ci
      policies:
        - p, proj:shop:ci, applications, sync, shop/*, allow
"""
# As AppProject.ValidateProject of Argo CD has them, and the parser of schedules that it calls.
ROLE = re.compile(r"[a-zA-Z0-9]([-_a-zA-Z0-9]*[a-zA-Z0-9])?")
RESOURCES = ("applications", "applicationsets", "clusters", "exec", "logs", "repositories")
ACTIONS = ("get", "create", "update", "delete", "sync", "override", "rollback", "*")
ACTION_OF_ONE_KIND = re.compile(r"(action|update|delete)/")
DURATION = re.compile(r"[-+]?(0|(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))*)")
MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SCHEDULE: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of the week", 0, 6, DAYS),
)
Problem = tuple[Path, str, str]
"""Where in `spec`, what is wrong, and how to mend it."""


def check(repository: Repository) -> Iterator[Finding]:
    for project in (p for cluster in repository.clusters for p in cluster.of_kind("AppProject")):
        for path, problem, fix in problems(project.name, project.get("spec")):
            yield Finding(ID, *project.at("spec", *path), f"project {project.name}: {problem}", fix)


def problems(project: str, spec: Any) -> Iterator[Problem]:
    """What the API server has against the content of a project."""
    yield from _roles(project, spec)
    yield from _windows(spec)
    yield from _accounts(spec)


def _roles(project: str, spec: Any) -> Iterator[Problem]:
    seen = set()
    for index, role in enumerate(items(dig(spec, "roles"))):
        name, place = str(dig(role, "name")), ("roles", index)
        if not ROLE.fullmatch(name):
            yield (*place, "name"), f"{name} is no name of a role", "write letters, digits, - and _"
        if name in seen:
            yield (*place, "name"), f"there are two roles {name}", "make one role of them"
        seen.add(name)
        policies = [str(policy) for policy in items(dig(role, "policies"))]
        for number, policy in enumerate(policies):
            for problem in _policy(project, name, policy):
                fix = f"write it as: p, proj:{project}:{name}, applications, sync, {project}/*, allow"
                yield (*place, "policies", number), f"the policy `{policy}` {problem}", fix
        groups = [str(group) for group in items(dig(role, "groups"))]
        for number, group in enumerate(groups):
            if not _is_group(group):
                fix = 'write its name in one line, in "quotes" if it has a comma'
                yield (*place, "groups", number), f"`{group}` is no group", fix
        for field, entries in (("policies", policies), ("groups", groups)):
            for number, entry in enumerate(entries):
                if entry in entries[:number]:
                    yield (*place, field, number), f"role {name} has `{entry}` twice", "remove one of the two"


def _policy(project: str, role: str, policy: str) -> Iterator[str]:
    parts = [part.strip(" ") for part in policy.split(",")]
    if len(parts) != 6 or parts[0] != "p":
        yield "has not the six parts `p, subject, resource, action, object, effect`"
        return
    _, subject, resource, action, target, effect = parts
    if subject != f"proj:{project}:{role}":
        yield f"is about {subject} and stands in the role proj:{project}:{role}"
    if resource not in RESOURCES:
        yield f"names {resource}, and a project's resources are {', '.join(RESOURCES)}"
    if action not in ACTIONS and not ACTION_OF_ONE_KIND.search(action):
        yield f"allows {action}, and actions are {', '.join(ACTIONS)} and action/…"
    if not re.fullmatch(rf"{re.escape(project)}(/[*\w.-]+)?/[*\w.-]+", target, re.ASCII):
        yield f"is about {target}, and not about an Application of {project}"
    if effect not in ("allow", "deny"):
        yield f"ends with {effect}, and neither with allow nor with deny"


def _is_group(group: str) -> bool:
    name = group.strip()
    quoted = len(name) > 1 and name.startswith('"') and name.endswith('"')
    name = name[1:-1] if quoted else name
    is_padded = len(group) > 1 and (group[0].isspace() or group[-1].isspace())
    return bool(name) and not is_padded and not re.search(r'["\n\r\t]', name) and (quoted or "," not in name)


def _windows(spec: Any) -> Iterator[Problem]:
    windows = items(dig(spec, "syncWindows"))
    for index, window in enumerate(windows):
        place = ("syncWindows", index)
        kind, schedule, duration = (str(dig(window, key)) for key in ("kind", "schedule", "duration"))
        if kind not in ("allow", "deny"):
            yield (*place, "kind"), f"a window is of kind {kind}", "write allow or deny"
        for problem in _schedule(schedule):
            fix = "write five fields: minute, hour, day of the month, month, day of the week"
            yield (*place, "schedule"), f"the schedule `{schedule}` {problem}", fix
        if not DURATION.fullmatch(duration):
            yield (*place, "duration"), f"a window lasts {duration}", "write it as 1h30m"
        if not any(items(dig(window, key)) for key in ("applications", "namespaces", "clusters")):
            yield place, "a window applies to nothing", "name applications, namespaces or clusters"
        if len(str(dig(window, "description") or "").encode()) > 255:
            yield (*place, "description"), "the description of a window has more than 255 characters", "shorten it"
        if _identity(window) in map(_identity, windows[:index]):
            yield place, f"the window `{schedule}` is there twice", "remove one of the two"


def _identity(window: Any) -> Any:
    """What makes two windows the same."""
    aside = ("description", "manualSync")
    return {key: value for key, value in window.items() if key not in aside} if isinstance(window, dict) else window


def _schedule(schedule: str) -> Iterator[str]:
    entries = schedule.split()
    if len(entries) != len(SCHEDULE):
        yield f"has {len(entries)} fields"
        return
    for entry, (name, least, most, words) in zip(entries, SCHEDULE, strict=True):
        if not all(_is_range(part, least, most, words) for part in entry.split(",") if part):
            yield f"has {entry} for the {name}"


def _is_range(text: str, least: int, most: int, words: tuple[str, ...]) -> bool:
    """Whether it is `*`, `?`, a number, or a range, each with a step or without."""
    span, *steps = text.split("/")
    first, *_ = ends = span.split("-")
    numbers = [number for end in ends if (number := _number(end, words)) is not None]
    # What stands behind `*-` is read by nobody.
    is_span = first in ("*", "?") or (len(numbers) == len(ends) <= 2 and least <= numbers[0] <= numbers[-1] <= most)
    return is_span and len(steps) <= 1 and all(_number(step, ()) for step in steps)


def _number(text: str, words: tuple[str, ...]) -> int | None:
    if text and text.lower() in words:
        return words.index(text.lower())
    return int(text) if re.fullmatch("[+]?[0-9]{1,9}", text) else None


def _accounts(spec: Any) -> Iterator[Problem]:
    seen = set()
    for index, account in enumerate(items(dig(spec, "destinationServiceAccounts"))):
        place = ("destinationServiceAccounts", index)
        for field in ("server", "namespace"):
            if "!" in str(dig(account, field) or ""):
                yield (*place, field), f"{dig(account, field)} is no {field}: it denies", "name what is allowed"
        name = str(dig(account, "defaultServiceAccount") or "")
        if not name.strip(" ") or set(name) & set("!*[]{}\\/"):
            yield (*place, "defaultServiceAccount"), f"`{name}` is no service account", "write one name"
        key = dig(account, "server"), dig(account, "namespace")
        if repr(key) in seen:
            yield place, f"{key[0]} and {key[1]} have two service accounts", "remove one of the two"
        seen.add(repr(key))
