"""The rules for answers: to the template's questions, and later to `./gitops add environment` and `./gitops add app`.

Pure functions and tables over strings. Only the standard library, because the template's Jinja extension and its
pre-generation hook run this very file.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

Answers = Mapping[str, str]
Catalogue = Mapping[str, Mapping[str, Any]]
# What is wrong with a value and how to mend it; empty when nothing is.
Rule = Callable[[str], str]
# The faulty part of an answer, and the sentence of the rule it breaks.
Fault = tuple[str, str]

PROFILES = ("minimal", "standard", "full")
ALWAYS_ON = "argocd"
# What reads a store of secrets, and what a backend brings with it.
SECRETS_READER = "external-secrets"
BROUGHT_BY_BACKEND = {"onepassword": "onepassword-connect"}
# What kinds an operator that was generated from an API has.
OPERATOR_CLASSES = ("resource", "query", "action", "bundle", "aggregate")
OLDEST_ARGOCD = (3, 2, 0)
MOST_ENVIRONMENTS = 9
LONGEST_NAME = 63
LONGEST_DOMAIN = 253
# With a kind of 63 characters it still fits into a key of argocd-cm.
LONGEST_GROUP = 100
# <name>-operator-system is a namespace.
LONGEST_OPERATOR = 47

RESERVED_ENVIRONMENTS = {
    "base": "every component has a folder of this name, which its overlays build on",
    "in-cluster": "an environment's cluster has the same name, and this is Argo CD's word for the cluster it runs in",
}
# Namespaces that begin with these belong to somebody else.
RESERVED_TEAMS = {"argocd": "Argo CD", "kube": "Kubernetes", "openshift": "OpenShift"}

# Words that the template's models hold and that are replaced when environments and clusters are made.
_MODEL_WORD = r"\b(?:CLUSTER|DOMAIN|ENVIRONMENT|PRODUCTION|REVISION|VERSION)\b"
_NUMBER = r"(?:0|[1-9][0-9]{0,3})"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"(?:{_HOST_LABEL}\.)*{_HOST_LABEL}"
_PORT = r":[1-9][0-9]{0,4}"
_USER = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_SEGMENT = r"(?:[A-Za-z0-9._~+]|%20)(?:[A-Za-z0-9._~+-]|%20)*"
_OCI_SEGMENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
# A registry is told from a folder by its dot or its port, as in an image's name.
_REGISTRY = rf"(?:(?:{_HOST_LABEL}\.)+{_HOST_LABEL}(?:{_PORT})?|{_HOST_LABEL}{_PORT})"
# Names that YAML, written without quotes, takes for a number, a date, a yes or no, or nothing.
_NOT_A_STRING = (
    r"y|yes|n|no|on|off|true|false|null|[0-9]+|[0-9]+e-?[0-9]+|0x[0-9a-f]+|0o[0-7]+|0b[01]+|[0-9]{4}(-[0-9]{1,2}){2}"
)
_SECRET = re.compile(r"(?<=://).*(?=@)|^[^@/]*:(?!//).*(?=@)|(?<=\?).+", re.DOTALL)


@dataclass(frozen=True)
class Problem:
    """One fault of the answer to one question. A warning is told and stops nothing."""

    field: str
    value: str
    rule: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{'warning: ' if self.warning else ''}{self.field}: {shown(self.value)}: {self.rule}"


def shown(value: str) -> str:
    """`value` as it may stand on a terminal and in a log: quoted, escaped, without secrets, at most 80 characters."""
    quoted = repr(_SECRET.sub("***", value))
    return quoted if len(quoted) <= 80 else f"{quoted[:77]}..."


def check(answers: Answers, catalogue: Catalogue) -> list[Problem]:
    """Every problem of those `answers` that are given, in the order of the questions.

    What answers have to be together is looked at when each of them is sound, so one fault is one line.
    """
    problems: list[Problem] = []
    for field, faults in ALONE.items():
        if field in answers:
            answer = _without_faulty_source(field, answers, _broken(problems))
            problems += [Problem(field, value, rule) for value, rule in faults(answer, catalogue)]
    for fields, relation in TOGETHER:
        if fields <= answers.keys() and not fields & _broken(problems):
            problems += relation(answers, catalogue)
    # A choice has no rule of its own, and what is told about it comes last.
    order = [*ALONE, *answers]
    return sorted(problems, key=lambda problem: order.index(problem.field))


def environments(answer: str) -> list[str]:
    """The environments that an answer names, in order; empty places are left out."""
    return [item for item in _items(answer) if item]


def components(profile: str, explicit: str, catalogue: Catalogue, secrets_backend: str = "none") -> list[str]:
    """The components that run, in the catalogue's order.

    They are those of `profile`, with what `explicit` adds (`+loki`) and leaves out (`-loki`), or, where `explicit` has
    names without a sign, exactly those; and what `secrets_backend` brings. Argo CD always runs. Unknown names are left
    out: saying so is `check`'s work.
    """
    items = [item for item in _items(explicit) if item]
    named = {_unsigned(item) for item in items if not item.startswith("-")}
    named |= {BROUGHT_BY_BACKEND.get(secrets_backend, ALWAYS_ON)}
    if not items or _signed(items):
        profiles = PROFILES[: PROFILES.index(profile) + 1] if profile in PROFILES else ()
        named |= {key for key, facts in catalogue.items() if facts.get("profile") in profiles}
        named -= {_unsigned(item) for item in items if item.startswith("-")}
    return [key for key in catalogue if key in named or key == ALWAYS_ON]


class Chosen(NamedTuple):
    """The answer `components` with more in it, and the components that are new."""

    answer: str
    added: list[str]


def with_component(name: str, answers: Answers, catalogue: Catalogue) -> Chosen:
    """Adds a component, and what it needs where only one component provides that.

    Raises ValueError, with one sentence, where the name is unknown or the choice is not clear.
    """
    if rule := _known(catalogue, name):
        raise ValueError(f"{name} {rule}")
    before = _chosen(answers, catalogue)
    needed = _missing(name, {*before, name}, catalogue).values()
    added = [name, *(providers[0] for providers in needed if len(providers) == 1)]
    items = [item for item in _items(answers["components"]) if item and _unsigned(item) not in added]
    sign = "+" if _signed(items) or not items else ""
    for component in dict.fromkeys(added):
        # What the profile holds had only been left out.
        if component not in _chosen(_with_items(answers, items), catalogue):
            items.append(f"{sign}{component}")
    given = _with_items(answers, items)
    _refuse_problems(given, catalogue)
    return Chosen(given["components"], [key for key in _chosen(given, catalogue) if key not in before])


def without_component(name: str, answers: Answers, catalogue: Catalogue) -> str | None:
    """The answer `components` without one of them; None where it is none of them.

    Raises ValueError, with a line for each other component or answer that needs it.
    """
    if name not in _chosen(answers, catalogue):
        return None
    named = [item for item in _items(answers["components"]) if item]
    items = [item for item in named if _unsigned(item) != name]
    if not named or _signed(named):
        if name in _chosen(_with_items(answers, items), catalogue):
            items.append(f"-{name}")
    elif not items:
        items = [ALWAYS_ON]  # An empty list would be the whole profile.
    given = _with_items(answers, items)
    left = _chosen(given, catalogue)
    needs = [(key, ", ".join(missing)) for key in left if (missing := _missing(key, set(left), catalogue))]
    if name in left:
        needs = [(f"secrets_backend {answers['secrets_backend']}", name)]
    if needs:
        raise ValueError("\n".join(f"{key} needs {what}" for key, what in needs))
    _refuse_problems(given, catalogue)
    return given["components"]


def _chosen(answers: Answers, catalogue: Catalogue) -> list[str]:
    """The components that all answers together choose. Older versions of the template had no secrets_backend."""
    backend = answers.get("secrets_backend", "none")
    return components(answers["profile"], answers["components"], catalogue, backend)


def _with_items(answers: Answers, items: list[str]) -> dict[str, str]:
    return {**answers, "components": ", ".join(items)}


def _refuse_problems(answers: Answers, catalogue: Catalogue) -> None:
    """Raises ValueError where answers break a rule."""
    problems = [problem for problem in check(answers, catalogue) if not problem.warning]
    if problems:
        raise ValueError("\n".join(map(str, problems)))


def operator(group: str) -> str:
    """The name of the operator of an API group: `petstore-operator` of petstore.example.com."""
    return f"{group.partition('.')[0]}-operator"


def operator_kinds(answer: str) -> dict[str, str]:
    """The kinds that an answer names, each with its class."""
    return {kind: kind_class for kind, _, kind_class in (item.partition(":") for item in _items(answer) if item)}


def crd_groups(components: Iterable[str], catalogue: Catalogue) -> set[str]:
    """The API groups of the kinds that `components` bring."""
    provided = (thing for key in components for thing in catalogue[key]["provides"])
    return {thing.removeprefix("crds/") for thing in provided if thing.startswith("crds/")}


def left_out(components: list[str], catalogue: Catalogue) -> list[str]:
    """What a repository that runs only `components` does without, as paths from its root.

    Of each other component that is its folder and its Application; of the API groups that no component brings, what
    Argo CD is told about their kinds, and their schemas.
    """
    argocd = "infrastructure/controllers/argocd"
    groups = crd_groups(catalogue, catalogue) - crd_groups(components, catalogue)
    paths = [path for group in groups for path in (f"{argocd}/lua/{group}", f"tools/gitops/schemas/{group}.json")]
    for name in catalogue.keys() - set(components):
        paths += [f"{catalogue[name]['area']}/{name}", f"{argocd}/apps/{name}.yaml"]
    return paths


def _signed(items: list[str]) -> bool:
    """Whether a list changes a profile instead of replacing it."""
    return any(item.startswith(("+", "-")) for item in items)


def _unsigned(item: str) -> str:
    return item[1:] if _signed([item]) else item


def _items(answer: str) -> list[str]:
    # Only spaces are trimmed: a line break in a list is a mistake to be told, not to be hidden.
    return [item.strip(" ") for item in answer.split(",")]


def _broken(problems: list[Problem]) -> set[str]:
    return {problem.field for problem in problems if not problem.warning}


def _without_faulty_source(field: str, answers: Answers, broken: set[str]) -> str:
    """The answer, with the text of the faulty answer that its default is made of replaced by a sound one."""
    source = DEFAULT_HOLDS.get(field)
    faulty = answers[source] if source in broken else ""
    return answers[field].replace(faulty, "x") if faulty else answers[field]


# One value, one rule.


def _form(pattern: str, sentence: str) -> Rule:
    """The rule that a value is `pattern` from end to end."""
    return lambda value: "" if re.fullmatch(pattern, value) else sentence


def _never(pattern: str, sentence: str) -> Rule:
    """The rule that nowhere in a value there is `pattern`."""
    return lambda value: sentence if re.search(pattern, value) else ""


def _label(value: str) -> str:
    if re.fullmatch(_LABEL, value):
        return ""
    rule = "must be lower-case letters, digits and '-', no '-' at either end, at most 63 characters (DNS-1123)"
    mended = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    return f"{rule}; write {mended}" if value.isascii() and 0 < len(mended) <= LONGEST_NAME else rule


def _printable(value: str) -> str:
    return "" if value.isprintable() else "must be one line of printable characters: take out line breaks and the like"


def _not_reserved(value: str) -> str:
    reason = RESERVED_ENVIRONMENTS.get(value)
    return f"is reserved: {reason}; choose another name" if reason else ""


def _known(catalogue: Catalogue, value: str) -> str:
    if value in catalogue:
        return ""
    near = difflib.get_close_matches(value.lower(), catalogue, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(catalogue)}"
    return f"is not in the catalogue. {hint}"


def _known_class(value: str) -> str:
    named = value.rpartition(":")[2]
    if named in OPERATOR_CLASSES:
        return ""
    near = difflib.get_close_matches(named.lower(), OPERATOR_CLASSES, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(OPERATOR_CLASSES)}"
    return f"must be Kind:class with a class that there is. {hint}"


def _recent_argocd(value: str) -> str:
    if tuple(int(number) for number in value[1:].split(".")) >= OLDEST_ARGOCD:
        return ""
    return "must be v3.2.0 or newer: older ones have no retry.refresh, so the root retries a failed commit for ever"


_string = _never(
    rf"\A(?:{_NOT_A_STRING})\Z",
    "is a number, a date, a yes or no, or nothing to YAML, which has to read a name: add a word to it",
)
_one_line = (_printable, _never(r".{201}", "must have at most 200 characters: shorten it"))
_no_model_word = _never(
    _MODEL_WORD,
    "must not hold CLUSTER, DOMAIN, ENVIRONMENT, PRODUCTION, REVISION or VERSION, words to be replaced: rename it",
)
_no_query = _never(r"[?#]", "must have no query and no fragment: end it before the '?' or '#'")
_no_dots = _never(r"\.\.|/\.(?:/|\Z)", "must not hold '..', nor '.' as a folder: write the whole path")
_ascii = _never(r"[^!-~]", "must be printable ASCII without spaces: write %20 for a space in a path")
_no_credentials = _never(
    r"\Ahttps?://.*@|\A[^@/]*:(?!//).*@|\Assh://[^@/]*:.*@",
    "carries credentials that everybody who reads the repository would see: take out what stands before the '@' and "
    "give it to Argo CD in a Secret",
)

_git_url = (
    _no_credentials,
    _ascii,
    _no_query,
    _no_dots,
    _form(
        rf"https?://{_HOST}(?:{_PORT})?(?:/{_SEGMENT})+"
        rf"|ssh://{_USER}@{_HOST}(?:{_PORT})?(?:/{_SEGMENT})+"
        rf"|{_USER}@{_HOST}:/?{_SEGMENT}(?:/{_SEGMENT})*",
        "must be https://host/path, http://host/path, ssh://user@host/path or user@host:path, with letters, digits and "
        ". _ ~ + - in the path",
    ),
    _no_model_word,
)
_email = (
    _never(r"[,;]|@.*@", "must be one e-mail address: ACME has one account"),
    _form(
        rf"|(?!.{{65,}}@)[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@(?:{_HOST_LABEL}\.)+[A-Za-z]{{2,63}}",
        "must be empty or an e-mail address such as you@your-company.com: letters, digits and . _ % + - before the "
        "'@', a DNS domain after it",
    ),
    _never(r".{255}", "must have at most 254 characters (SMTP): take another"),
    _never(
        r"(?i)[@.]example\.(?:com|net|org)\Z",
        "is at an example domain, whose addresses Let's Encrypt refuses: give one that somebody reads",
    ),
)
_branch = (
    _form(
        r"[A-Za-z0-9._/][A-Za-z0-9._/+-]*",
        "must be the name of a branch: letters, digits and . _ / + -, and no + or - in front",
    ),
    _never(
        r"\A/|/\Z|//|\.\.|\.\Z|(?:\A|/)\.|\.lock(?:/|\Z)",
        "must be a branch to Git: no '..' and no '//', no '/' at its ends, no '.' at its end or before a part, no "
        "'.lock' after one",
    ),
    _never(r"\A(?:HEAD\Z|refs/)", "must be the short name of a branch, such as main"),
    _never(
        r"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\Z",
        "must be the branch that clusters follow, such as main: a commit is pinned later, in a cluster's cluster.yaml",
    ),
    _no_model_word,
)
_domain = (
    _form(
        rf"(?:{_LABEL}\.)*(?![0-9]+\Z){_LABEL}",
        "must be a DNS domain such as example.com: lower case, no scheme, wildcard, path, address or dot at the end",
    ),
    _never(rf".{{{LONGEST_DOMAIN + 1}}}", f"must have at most {LONGEST_DOMAIN} characters (DNS): shorten it"),
)
_api_group = (
    _form(
        rf"|[a-z][a-z0-9-]*(?:\.{_LABEL})*\.(?![0-9]+\Z){_LABEL}",
        "must be empty or the API group of an operator, a DNS domain such as petstore.example.com: lower case, with a "
        "dot, and a letter in front",
    ),
    _form(
        rf"|{_LABEL}\..*",
        "must begin with a DNS label, as the operator is named after it: at most 63 characters, and no '-' at its end",
    ),
    _never(
        rf"\A[^.]{{{LONGEST_OPERATOR + 1}}}",
        f"must have at most {LONGEST_OPERATOR} characters before the first dot, as <that>-operator-system is a "
        "namespace: shorten it",
    ),
    _never(rf".{{{LONGEST_GROUP + 1}}}", f"must have at most {LONGEST_GROUP} characters: shorten it"),
    _never(
        r"(?:\A|\.)(?:k8s|kubernetes)\.io\Z", "is Kubernetes' own: the API server protects it; choose another group"
    ),
)
_operator_kind = (
    _form(
        r"[A-Z][A-Za-z0-9]{0,62}:.*",
        "must be Kind:class, such as Pet:resource: a Kind begins with a capital and has letters and digits, at most 63",
    ),
    lambda value: _string(value.partition(":")[0].lower()),
    _known_class,
)
_no_at = _never(r"@", "carries credentials or a digest: take out the '@' and what belongs to it")
_no_end = _never(r"/\Z", "must not end with '/': take it out")
_chart_mirror = (
    _no_at,
    _never(r"\Aoci://", "must be written without oci://, such as registry.example.com/charts"),
    _ascii,
    _no_query,
    _no_dots,
    _no_end,
    _form(
        rf"|https?://{_HOST}(?:{_PORT})?(?:/{_SEGMENT})*|{_REGISTRY}(?:/{_OCI_SEGMENT})+",
        "must be empty, the http(s) URL of one chart repository, or an OCI registry with a lower-case path and without "
        "oci://, such as registry.example.com/charts",
    ),
    _no_model_word,
)
_image_mirror = (
    _no_at,
    _never(r"\A[A-Za-z0-9+.-]+://", "must be written without a scheme, such as registry.example.com/images"),
    _ascii,
    _no_query,
    _no_dots,
    _no_end,
    _never(r"/[^:]*:", "must not hold a tag: each image keeps its own"),
    _form(
        rf"|(?!.*[A-Z]){_REGISTRY}(?:/{_OCI_SEGMENT})*",
        "must be empty or a lower-case registry with a dot or a port and maybe a path, such as "
        "registry.example.com/images",
    ),
)


# One answer.


def _value(rules: tuple[Rule, ...], answer: str, _: Catalogue) -> Iterator[Fault]:
    if sentence := _first(rules, answer):
        yield answer, sentence


def _first(rules: tuple[Rule, ...], value: str) -> str:
    """The first rule that `value` breaks; the later ones may rely on the earlier."""
    return next(filter(None, (rule(value) for rule in rules)), "")


def _list(rules: tuple[Rule, ...], answer: str) -> Iterator[Fault]:
    items = _items(answer) if answer.strip(" ") else []
    for item in dict.fromkeys(items):
        if not item:
            yield answer, "has an empty place: take out the comma that has no name beside it"
            continue
        if items.count(item) > 1:
            yield item, f"is named {items.count(item)} times: name it once"
        if sentence := _first(rules, item):
            yield item, sentence


def _environment_list(answer: str, _: Catalogue) -> Iterator[Fault]:
    yield from _list((_label, _not_reserved), answer)
    count = len(_items(answer)) if answer.strip(" ") else 0
    if not 1 <= count <= MOST_ENVIRONMENTS:
        yield answer, f"must name 1 to {MOST_ENVIRONMENTS} environments, such as dev, staging, prod: there are {count}"


def _component_list(answer: str, catalogue: Catalogue) -> Iterator[Fault]:
    items = _items(answer)
    yield from _list((_leaves_argocd, lambda item: _known(catalogue, _unsigned(item))), answer)
    if _signed(items) and not all(item.startswith(("+", "-")) for item in items if item):
        yield answer, "has names with and without a sign: + and - change the profile, names without one replace it"
    for name in dict.fromkeys(_unsigned(item) for item in items if item.startswith("+")):
        if f"-{name}" in items:
            yield f"-{name}", "is added and left out at once: decide"


def _operator_kind_list(answer: str, _: Catalogue) -> Iterator[Fault]:
    yield from _list(_operator_kind, answer)
    named = [item.partition(":")[0].lower() for item in _items(answer) if item]
    for kind in operator_kinds(answer):
        if named.count(kind.lower()) > 1 and len(set(_items(answer))) == len(_items(answer)):
            yield kind, "is named several times, capitals or not: name each Kind once, with one class"


def _leaves_argocd(item: str) -> str:
    return "cannot be left out: it delivers everything else" if item == f"-{ALWAYS_ON}" else ""


# Several answers, or an answer and the catalogue.


def _plain_http(field: str, answers: Answers, _: Catalogue) -> Iterator[Problem]:
    if answers[field].startswith("http://"):
        rule = "http is neither encrypted nor authenticated: use https unless it stays inside the cluster"
        yield Problem(field, answers[field], rule, warning=True)


def _domain_fits(answers: Answers, _: Catalogue) -> Iterator[Problem]:
    domain = answers["base_domain"]
    longest = max(environments(answers["environments"]), key=len)
    # Hosts are <name>.<environment>.<base_domain>, and a name may become as long as a label may be.
    excess = LONGEST_NAME + len(f".{longest}.{domain}") - LONGEST_DOMAIN
    if excess > 0:
        rule = f"<name>.{longest}.<base_domain> may exceed {LONGEST_DOMAIN} characters (DNS): shorten it by {excess}"
        yield Problem("base_domain", domain, rule)


def _needs_met(answers: Answers, catalogue: Catalogue) -> Iterator[Problem]:
    if not answers["components"].strip(" "):
        return
    chosen = components(answers.get("profile", ""), answers["components"], catalogue)
    for key in chosen:
        missing = _missing(key, set(chosen), catalogue)
        if missing:
            needs = ", ".join(missing)
            offer = ", ".join(dict.fromkeys(" or ".join(providers) for providers in missing.values()))
            yield Problem("components", key, f"needs {needs}: choose {offer} too")


def _missing(key: str, chosen: set[str], catalogue: Catalogue) -> dict[str, list[str]]:
    """What `key` needs and no component of `chosen` provides, with the components that do; theirs included."""
    missing: dict[str, list[str]] = {}
    for need in catalogue[key].get("needs", ()):
        providers = [name for name, facts in catalogue.items() if need in facts.get("provides", ())]
        if providers and chosen.isdisjoint(providers):
            missing[need] = providers
            if len(providers) == 1:
                missing |= _missing(providers[0], chosen | set(providers), catalogue)
    return missing


def _backend_is_read(answers: Answers, catalogue: Catalogue) -> Iterator[Problem]:
    backend = answers["secrets_backend"]
    if backend == "none":
        return
    chosen = components(answers["profile"], answers["components"], catalogue, backend)
    for name in (SECRETS_READER, BROUGHT_BY_BACKEND.get(backend, SECRETS_READER)):
        if name not in chosen:
            rule = f"is without {name}, which secrets_backend {backend} needs: choose it too, or the backend none"
            yield Problem("components", answers["components"], rule)
            return


def _team_is_free(answers: Answers, catalogue: Catalogue) -> Iterator[Problem]:
    team = answers["team"]
    for prefix, owner in RESERVED_TEAMS.items():
        if f"{team}-".startswith(f"{prefix}-"):
            yield Problem("team", team, f"is reserved: namespaces {prefix}-* belong to {owner}; choose another name")
            return
    for key, facts in catalogue.items():
        for namespace in (facts.get("namespace", key), *facts.get("alsoWritesTo", ())):
            if namespace.startswith(f"{team}-"):
                rule = f"is reserved: the team would own {team}-*, and so {key}'s namespace {namespace}; choose another"
                yield Problem("team", team, rule)
                return


def _app_fits(answers: Answers, catalogue: Catalogue) -> Iterator[Problem]:
    name = f"{answers['team']}-{answers['app']}"
    if len(name) > LONGEST_NAME:
        excess = len(name) - LONGEST_NAME
        rule = f"<team>-<app> names a namespace and has at most {LONGEST_NAME} characters: shorten it by {excess}"
        yield Problem("app", answers["app"], rule)
    if name in catalogue:
        yield Problem("app", answers["app"], f"<team>-<app> is {name}, a component's Application: choose another name")


def _operator_has_kinds(answers: Answers, _: Catalogue) -> Iterator[Problem]:
    group, kinds = answers["operator_group"], answers["operator_kinds"].strip(" ")
    if group and not kinds:
        rule = "must name the kinds of operator_group, such as Pet:resource: an operator without any has nothing to do"
        yield Problem("operator_kinds", answers["operator_kinds"], rule)
    if kinds and not group:
        rule = "must name the API group of operator_kinds, such as petstore.example.com"
        yield Problem("operator_group", group, rule)


def _operator_is_free(answers: Answers, catalogue: Catalogue) -> Iterator[Problem]:
    group = answers["operator_group"]
    if not group:
        return
    for key, facts in catalogue.items():
        if f"crds/{group}" in facts.get("provides", ()):
            yield Problem("operator_group", group, f"is the API group of {key}: choose another")
            return
    if operator(group) in catalogue:
        rule = f"makes {operator(group)}, which is a component's name: choose a group with another first part"
        yield Problem("operator_group", group, rule)


def _operator_leaves_team(answers: Answers, _: Catalogue) -> Iterator[Problem]:
    group, team = answers["operator_group"], answers["team"]
    namespace = f"{operator(group)}-system"
    if group and namespace.startswith(f"{team}-"):
        rule = f"makes the namespace {namespace}, and team {team} owns {team}-*: choose another name for one of the two"
        yield Problem("operator_group", group, rule)


def _gate_is_told_late(answers: Answers, _: Catalogue) -> Iterator[Problem]:
    version = answers["argocd_version"]
    if answers["wave_gate"] != "off" and version.startswith(("v3.2.", "v3.3.")):
        rule = "before v3.4, Argo CD writes status.resources late, so every wave waits longer: take v3.4.0 or newer"
        yield Problem("argocd_version", version, rule, warning=True)


def _provided(answers: Answers, catalogue: Catalogue) -> set[str]:
    """What the chosen components provide."""
    chosen = components(answers["profile"], answers["components"], catalogue)
    return {capability for key in chosen for capability in catalogue[key].get("provides", ())}


def _certificates_are_issued(answers: Answers, catalogue: Catalogue) -> Iterator[Problem]:
    email, provided = answers["acme_email"], _provided(answers, catalogue)
    if email and "certificates" not in provided:
        rule = "nothing uses it: cert-manager is not among the components"
        yield Problem("acme_email", email, rule, warning=True)
    elif email and answers["dns_provider"] == "none" and "gateway" not in provided:
        rule = "ACME checks a domain by DNS or HTTP: without a dns_provider or a gateway, certificates are self-signed"
        yield Problem("acme_email", email, rule, warning=True)


def _dns_is_written(answers: Answers, catalogue: Catalogue) -> Iterator[Problem]:
    provider, provided = answers["dns_provider"], _provided(answers, catalogue)
    by_acme = answers["acme_email"] and "certificates" in provided
    if provider != "none" and not by_acme and "dns" not in provided:
        rule = "nothing uses it: add external-dns to components for records, or give an acme_email for certificates"
        yield Problem("dns_provider", provider, rule, warning=True)


# In the order of the questions; what is a choice there is checked by cookiecutter.
ALONE: dict[str, Callable[[str, Catalogue], Iterator[Fault]]] = {
    "project_name": partial(_value, (*_one_line, _form(r".*\S.*", "must be a name for people to read: give one"))),
    "project_slug": partial(_value, (_label, _string)),
    "repo_url": partial(_value, _git_url),
    "environments": _environment_list,
    "base_domain": partial(_value, _domain),
    "components": _component_list,
    "team": partial(
        _value,
        (
            _label,
            _string,
            _never(r".{59}", "must have at most 58 characters, as team-<team> is its AppProject: shorten it"),
        ),
    ),
    "app": partial(
        _value,
        (_label, _string, _form(r"[a-z].*", "must begin with a letter, as its Service does (DNS-1035): add a word")),
    ),
    "description": partial(_value, _one_line),
    "revision": partial(_value, _branch),
    "argocd_version": partial(
        _value,
        (_form(rf"v{_NUMBER}\.{_NUMBER}\.{_NUMBER}", "must be vX.Y.Z of a release, such as v3.6.1"), _recent_argocd),
    ),
    "kubernetes_version": partial(
        _value, (_form(r"1\.[3-9][0-9]", "must be X.Y from 1.30 on, such as 1.35: no v, no patch"),)
    ),
    "acme_email": partial(_value, _email),
    "chart_mirror": partial(_value, _chart_mirror),
    "image_mirror": partial(_value, _image_mirror),
    "operator_group": partial(_value, _api_group),
    "operator_kinds": _operator_kind_list,
}
# Questions whose default holds the answer to another.
DEFAULT_HOLDS = {"repo_url": "project_slug"}
# What the named answers, once they are sound each by itself, have to be together; the later may rely on the earlier.
TOGETHER: tuple[tuple[set[str], Callable[[Answers, Catalogue], Iterator[Problem]]], ...] = (
    ({"repo_url"}, partial(_plain_http, "repo_url")),
    ({"chart_mirror"}, partial(_plain_http, "chart_mirror")),
    ({"environments", "base_domain"}, _domain_fits),
    ({"components"}, _needs_met),
    ({"profile", "components", "secrets_backend"}, _backend_is_read),
    ({"team"}, _team_is_free),
    ({"team", "app"}, _app_fits),
    ({"argocd_version", "wave_gate"}, _gate_is_told_late),
    ({"profile", "components", "acme_email", "dns_provider"}, _certificates_are_issued),
    ({"profile", "components", "acme_email", "dns_provider"}, _dns_is_written),
    ({"operator_group", "operator_kinds"}, _operator_has_kinds),
    ({"operator_group"}, _operator_is_free),
    ({"operator_group", "team"}, _operator_leaves_team),
)
