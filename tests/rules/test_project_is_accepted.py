"""PROJECT09 refuses what AppProject.ValidateProject of Argo CD refuses, and nothing else."""

import random
from typing import Any

import oracle
from gitops.rules.project_is_accepted import problems

NAMES = ["ci", "Read_Only", "a-b", "-ci", "ci-", "a b", "ü", "", "1"]
SUBJECTS = ["proj:shop:ci", " proj:shop:ci ", "proj:store:ci", "role:ci", ""]
RESOURCES = ["applications", "applicationsets", "clusters", "exec", "logs", "repositories", "projects", "*", ""]
ACTIONS = ["get", "*", "sync", "push", "action/apps/Deployment/restart", "update/*", "delete/*/Pod/*/*", "Get", ""]
OBJECTS = ["shop/*", "shop/a-b", "shop/argocd/web.1", "shop", "store/*", "*/*", "shop/a b", "shop/a/b/c", "shop/ü"]
EFFECTS = ["allow", " deny ", "Allow", "yes", ""]
GROUPS = ["devs", "a,b", '"a,b"', " devs", "devs ", "", " ", '"', '""', 'a"b', "a\nb", "org:team"]
KINDS = ["allow", "deny", "Allow", ""]
PARTS = ["*", "?", "0", "7", "6", "12", "31", "32", "59", "60", "1-5", "5-1", "*/5", "*/0", "1,2", "1,", ",", "mon-fri"]
PARTS += [
    "JAN",
    "sun",
    "mon-",
    "1-2-3",
    "a",
    "",
    "5/10",
    "1-5/2",
    "*/",
    "/2",
    "+1",
    "-1",
    "1/2/3",
    "*-2",
    "?/3",
    "sat-sun",
]
DURATIONS = ["1h", "1h30m", "90", "0", "", "1d", "-5m", "1.5h", ".5s", "1h 30m", "5", "1µs", "+1s", "1.h", ".", "h"]
ACCOUNTS = ["deployer", "ns:deployer", "", " ", "a*", "a/b", "a!b", "a{b}", "[a]"]


def project(chance: random.Random) -> dict[str, Any]:
    """The content of a project in which anything may be wrong, and mostly one thing is."""
    one = chance.choice
    policy = ["p", SUBJECTS[0], RESOURCES[0], ACTIONS[0], OBJECTS[0], EFFECTS[0]]
    place = chance.randrange(9)
    if 0 < place < 6:
        policy[place] = one([SUBJECTS, RESOURCES, ACTIONS, OBJECTS, EFFECTS][place - 1])
    elif place == 6:
        policy = policy[: chance.randrange(7)]
    elif place == 7:
        policy[0] = one(["p", " p ", "g"])
    role = {"name": "ci", "policies": [", ".join(policy)], "groups": [one(GROUPS) for _ in range(chance.randrange(3))]}
    schedule = ["0", "22", "*", "*", "1-5"]
    for _ in range(chance.randrange(2)):
        schedule[chance.randrange(5)] = one(PARTS)
    window = {
        "kind": one(KINDS) if chance.random() < 0.2 else "deny",
        "schedule": " ".join(schedule[: 5 if chance.random() < 0.9 else 4]),
        "duration": one(DURATIONS) if chance.random() < 0.4 else "8h",
        "applications": ["*"] if chance.random() < 0.9 else [],
        "description": "x" * one([0, 10, 255, 256]),
    }
    account = {"server": one(["*", "https://a", "!a"]), "namespace": one(["*", "a", "!a"])}
    account["defaultServiceAccount"] = one(ACCOUNTS) if chance.random() < 0.5 else "deployer"
    parts: list[dict[str, Any]] = [
        {"roles": [role]},
        {"roles": [{"name": one(NAMES)}]},
        {"roles": [{"name": "ci"}, {"name": one(["ci", "cd"])}]},
        {"roles": [{"name": "ci", "policies": [", ".join(policy)] * 2}]},
        {"syncWindows": [window]},
        {"syncWindows": [window, {**window, one(["description", "duration"]): "9h"}]},
        {"destinationServiceAccounts": [account]},
        {"destinationServiceAccounts": [account, {**account, "namespace": one(["*", "b"])}]},
    ]
    return one(parts)


def test_ours_and_theirs_agree() -> None:
    chance = random.Random(9)
    specs = [project(chance) for _ in range(4000)]
    questions = ({"project": {"metadata": {"name": "shop"}, "spec": spec}} for spec in specs)
    answers = oracle.ask(questions)
    assert len(answers) == len(specs)
    refused = ["error" in answer for answer in answers]
    assert 1000 < sum(refused) < 3000, "Argo CD's own answers are nearly all of one kind"
    wrong = [
        f"{spec}\n  Argo CD {answer.get('error', 'accepts it')}\n  ours    {found}"
        for spec, answer in zip(specs, answers, strict=True)
        if ("error" in answer) != bool(found := list(problems("shop", spec)))
    ]
    assert not wrong, "\n".join(wrong[:20])
