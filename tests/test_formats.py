"""What the validator prints: each format says every finding, in the way of who reads it."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from commands import edit, gitops
from conftest import Bake
from gitops.findings import Finding, Report, printable
from gitops.formats import github, gitlab, sarif, text
from gitops.rules import all_rules
from pairs import TEMPLATE
from schemas import faults_by_schema, sarif_schema

ROOT = "clusters/dev/root.yaml"
# A message that would be a command of GitHub, and names that are neither one line nor UTF-8.
ODD = Report(
    [
        Finding("WAVE01", "a b/ä%,:\n::error::x.yaml", 3, "100% wrong\n::stop-commands::x\x1b[2J", "do, then: go"),
        Finding("WAVE01", "latin-\udce9.yaml", None, "the same", "do, then: go"),
        Finding("WAVE01", "latin-\udce9.yaml", 7, "the same", "do, then: go"),
    ],
    ["a note\n::error::x"],
)


@pytest.fixture(scope="module")
def faulty(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = Path(shutil.copytree(bake(), tmp_path_factory.mktemp("formats") / "repository"))
    for environment in ("dev", "prod"):
        edit(repository / f"clusters/{environment}/root.yaml", "limit: -1", "limit: 5")
    edit(repository / "infrastructure/controllers/argocd/apps/cert-manager.yaml", 'wave: "1"', "wave: later")
    return repository


@pytest.mark.parametrize("arguments", [["--json"], ["--format", "json"], ["--json", "--format", "json"]], ids=str)
def test_json_has_findings_and_notes(faulty: Path, arguments: list[str]) -> None:
    run = gitops(faulty, "validate", *arguments)
    assert run.returncode == 1
    report = json.loads(run.stdout)
    assert [found["rule"] for found in report["findings"]] == ["GATE04", "GATE04", "WAVE01"]
    assert report["findings"][0].keys() == {"rule", "file", "line", "message", "fix"}
    assert report["notes"]


def test_text_has_the_findings_of_a_rule_together_and_a_fix_once(faulty: Path) -> None:
    text = gitops(faulty, "validate").stdout
    titles = {rule.id: rule.title for rule in all_rules()}
    assert re.findall(r"^([A-Z]+\d+) (.+)$", text, re.MULTILINE) == [(id, titles[id]) for id in ("GATE04", "WAVE01")]
    assert re.findall(r"^(\S+):\d+: ([A-Z]+\d+) ", text, re.MULTILINE)[:2] == [
        ("clusters/dev/root.yaml", "GATE04"),
        ("clusters/prod/root.yaml", "GATE04"),
    ]
    assert text.count("    fix: ") == 2
    assert text.endswith("3 findings\n")


def test_github_gets_an_annotation_at_the_line_of_each_finding(faulty: Path) -> None:
    run = gitops(faulty, "validate", "--format", "github")
    assert run.returncode == 1
    found = re.findall(r"^::error file=(.+?),line=(\d+),title=(\w+)::(.+)$", run.stdout, re.MULTILINE)
    assert [(file, rule) for file, _, rule, _ in found][:2] == [
        ("clusters/dev/root.yaml", "GATE04"),
        ("clusters/prod/root.yaml", "GATE04"),
    ]
    assert all(
        said.startswith(f"{file}:{line}: {rule} ") and "%0A    fix: " in said for file, line, rule, said in found
    )


def test_gitlab_gets_what_its_report_of_code_quality_needs(faulty: Path) -> None:
    run = gitops(faulty, "validate", "--format", "gitlab")
    assert run.returncode == 1
    assert run.stderr.startswith("note: ")
    found = json.loads(run.stdout)
    assert (found[0]["check_name"], found[0]["location"]["path"]) == ("GATE04", ROOT)
    lines = (faulty / ROOT).read_text(encoding="utf-8").splitlines()
    assert "limit: 5" in lines[found[0]["location"]["lines"]["begin"] - 1]
    assert {each["severity"] for each in found} <= {"info", "minor", "major", "critical", "blocker"}
    assert len({each["fingerprint"] for each in found}) == len(found) == 3


def test_sarif_is_what_its_schema_asks_for(faulty: Path, tmp_path: Path) -> None:
    run = gitops(faulty, "validate", "--format", "sarif")
    assert run.returncode == 1
    schema = sarif_schema(TEMPLATE / ".cache")
    assert faults_by_schema(schema, run.stdout, tmp_path) == ""
    log = json.loads(run.stdout)
    (results,) = (run["results"] for run in log["runs"])
    rules = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert rules == {rule.id for rule in all_rules()}
    assert [result["ruleId"] for result in results] == ["GATE04", "GATE04", "WAVE01"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": ROOT, "uriBaseId": "%SRCROOT%"}
    assert place["region"]["startLine"] > 1
    results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert "0 is less than the minimum of 1" in faults_by_schema(schema, json.dumps(log), tmp_path)


def test_what_files_say_is_no_line_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    github.show(ODD)
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in said] == ["::error"] * 3 + ["::notice::a"]
    assert said[0].startswith(r"::error file=a b/ä%25%2C%3A\n%3A%3Aerror%3A%3Ax.yaml,line=3,title=WAVE01::")
    text.show(ODD)
    plain = capsys.readouterr().out
    assert "\x1b" not in plain
    assert not re.search(r"^\s*::", plain, re.MULTILINE)
    assert r"latin-\udce9.yaml:7: WAVE01 the same" in plain
    assert str(ODD.findings[0]).count("\n") == 1


def test_odd_names_are_whole_in_what_programs_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    gitlab.show(ODD)
    found = json.loads(capsys.readouterr().out)
    assert [each["location"]["path"] for each in found] == [finding.file for finding in ODD.findings]
    assert len({each["fingerprint"] for each in found}) == 3
    sarif.show(ODD)
    log = capsys.readouterr().out
    assert faults_by_schema(sarif_schema(TEMPLATE / ".cache"), log, tmp_path) == ""
    uris = re.findall(r'"uri": "(.+)"', log)
    assert uris == ["a%20b/%C3%A4%25%2C%3A%0A%3A%3Aerror%3A%3Ax.yaml", "latin-%E9.yaml", "latin-%E9.yaml"]


def test_a_fingerprint_outlives_a_move_to_another_line(capsys: pytest.CaptureFixture[str]) -> None:
    def fingerprint(line: int) -> str:
        gitlab.show(Report([Finding("WAVE01", "a.yaml", line, "wrong", "mend")]))
        (found,) = json.loads(capsys.readouterr().out)
        return str(found["fingerprint"])

    assert fingerprint(1) == fingerprint(2)


def test_printable_text_is_one_line() -> None:
    assert printable("a ä 東\t\u2028\u202e\x00") == r"a ä 東\t\u2028\u202e\x00"


@pytest.mark.parametrize(
    "arguments", [["--format", "yaml"], ["--json", "--format", "text"], ["--explain", "WAVE99"]], ids=str
)
def test_what_cannot_be_asked_for_is_wrong_usage(bake: Bake, arguments: list[str]) -> None:
    assert gitops(bake(), "validate", *arguments).returncode == 2


# Rules


def test_a_rule_explains_itself(bake: Bake) -> None:
    rule = next(rule for rule in all_rules() if rule.id == "SUPPRESS01")
    for name in ("SUPPRESS01", "suppress01"):
        run = gitops(bake(), "validate", "--explain", name)
        assert run.returncode == 0, run.stderr
        assert [part in run.stdout for part in (rule.id, rule.title, rule.reason, rule.bad, rule.good)] == [True] * 5
    assert "did you mean SUPPRESS01?" in gitops(bake(), "validate", "--explain", "supress01").stderr


def test_every_example_of_a_rule_is_yaml_and_has_its_opposite() -> None:
    examples = [(rule.bad, rule.good) for rule in all_rules() if rule.bad or rule.good]
    assert len(examples) > 5
    for pair in examples:
        for example in pair:
            assert example.endswith("\n")
            assert yaml.safe_load(example)
