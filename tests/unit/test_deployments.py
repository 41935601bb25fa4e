"""The files in `deploy` fit the service: its commands, its settings and its limits."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner

from comments.settings import Settings
from replygate.__main__ import cli
from service.ops.health import SystemHealth
from service.ops.site_metrics import SiteMetrics
from service.web.upload_limits import LARGEST_REQUEST
from tests.unit.service.ops.test_site_metrics import NOW, figures
from workers.start import PROCESS_NAMES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
#: The oldest and the newest version of Kubernetes whose schemas the validator has and that gets fixes.
KUBERNETES = ("1.33", "1.37")
OBJECTS: list[dict[str, Any]] = [
    item for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")) for item in yaml.safe_load_all(path.read_text())
]
PODS = {item["metadata"]["name"]: item["spec"]["template"] for item in OBJECTS if "template" in item.get("spec", {})}
#: Pods that do one thing and end, made by a schedule.
SCHEDULED = {
    item["metadata"]["name"]: item["spec"]["jobTemplate"]["spec"]["template"]
    for item in OBJECTS
    if item["kind"] == "CronJob"
}
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir() if path.suffix in (".service", ".socket"))


def container(name: str) -> dict[str, Any]:
    (only,) = {**PODS, **SCHEDULED}[name]["spec"]["containers"]
    assert only["name"] == name
    return only


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {item["metadata"]["name"]: item["spec"] for item in OBJECTS if item["kind"] == kind}


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_accepts_every_object(version: str) -> None:
    for item in OBJECTS:
        kubernetes_validate.validate(item, version, strict=True)


def test_everything_is_in_one_namespace_that_is_created_first() -> None:
    assert OBJECTS[0]["kind"] == "Namespace"
    assert {item["metadata"]["namespace"] for item in OBJECTS[1:]} == {OBJECTS[0]["metadata"]["name"]}


def test_kubernetes_runs_the_same_parts_as_compose() -> None:
    assert {name: container(name)["command"] for name in PODS if name != "valkey"} == {
        name: service["command"] for name, service in COMPOSE["services"].items() if name != "valkey"
    }
    assert set(PODS) == {"web", "valkey", *PROCESS_NAMES}


def test_valkey_starts_with_the_same_options_as_in_compose() -> None:
    options = [*COMPOSE["services"]["valkey"]["command"][1:]]
    options[options.index("--maxmemory") + 1] = "1gb"
    assert container("valkey")["command"][3:] == options


def test_the_settings_start_a_process() -> None:
    variables = of_kind_data("ConfigMap") | {
        variable["name"]: variable["value"] for name in PODS for variable in container(name).get("env", ())
    }
    settings = Settings.from_env({**variables, "REPLYGATE_SECRET_KEY": "x" * 32})
    assert (settings.host, settings.port, settings.trusted_proxies) == ("0.0.0.0", 8000, 1)
    assert settings.judges == of_kind("HorizontalPodAutoscaler")["judge"]["maxReplicas"]


def of_kind_data(kind: str) -> dict[str, str]:
    (only,) = (item for item in OBJECTS if item["kind"] == kind)
    return dict(only["data"])


def test_the_parts_read_the_secret_that_the_docs_create() -> None:
    name, _ = re.findall(r"create secret generic (\S+) --from-env-file", (ROOT / "docs/kubernetes.md").read_text())
    for part in set(PODS) - {"valkey"}:
        assert {"secretRef": {"name": name}} in container(part)["envFrom"]


def test_backups_are_made_every_night_with_a_command_and_a_secret_that_exist() -> None:
    made = set(re.findall(r"create secret generic (\S+) --from-env-file", (ROOT / "docs/kubernetes.md").read_text()))
    backup = container("backup")
    assert {source["secretRef"]["name"] for source in backup["envFrom"] if "secretRef" in source} == made
    program, *words = backup["command"]
    assert (program, CliRunner().invoke(cli, [*words, "--help"]).exit_code) == ("replygate", 0)
    assert 'echo "BACKUP_TARGET=s3://' in (ROOT / "docs/kubernetes.md").read_text()
    assert backup["image"] == container("web")["image"]
    assert SCHEDULED["backup"]["spec"]["restartPolicy"] == "Never"


def test_the_timer_of_systemd_starts_a_backup_with_a_command_that_exists() -> None:
    timer = DEPLOY / "systemd/replygate-backup.timer"
    assert timer.with_suffix(".service").exists()
    assert "OnCalendar=" in timer.read_text()
    answer = subprocess.run(["systemd-analyze", "verify", str(timer)], capture_output=True, text=True, timeout=60)
    assert [line for line in answer.stderr.splitlines() if "backup.timer" in line] == []
    (line,) = re.findall(r"^ExecStart=(.*)", timer.with_suffix(".service").read_text(), re.MULTILINE)
    assert CliRunner().invoke(cli, [*line.split()[1:], "--help"]).exit_code == 0


def test_no_pod_has_more_rights_than_it_needs() -> None:
    for name, pod in {**PODS, **SCHEDULED}.items():
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        rights = container(name)["securityContext"]
        assert rights["capabilities"] == {"drop": ["ALL"]}, name
        assert (rights["allowPrivilegeEscalation"], rights["readOnlyRootFilesystem"]) == (False, True), name
        assert container(name)["resources"]["limits"]["memory"], name


def test_every_selector_finds_the_pods_of_its_name() -> None:
    budgets = of_kind("PodDisruptionBudget")
    for name, spec in {**of_kind("Deployment"), **of_kind("StatefulSet"), **budgets}.items():
        assert spec["selector"]["matchLabels"].items() <= PODS[name]["metadata"]["labels"].items()
    for name, spec in of_kind("Service").items():
        assert spec["selector"].items() <= PODS[name]["metadata"]["labels"].items()
    assert set(budgets) == {"web", "judge", "valkey"}


def test_only_the_parts_reach_valkey_and_only_delivery_and_backups_reach_other_hosts() -> None:
    policies = of_kind("NetworkPolicy")
    assert policies["deny-by-default"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    (rule,) = policies["store"]["ingress"]
    labels = rule["from"][0]["podSelector"]["matchLabels"]
    pods = {**PODS, **SCHEDULED}
    assert {n for n, pod in pods.items() if labels.items() <= pod["metadata"]["labels"].items()} == set(pods) - {
        "valkey"
    }
    anywhere = [name for name, policy in policies.items() if {} in policy.get("egress", ())]
    assert anywhere == ["backup", "delivery"]
    assert {policies[name]["podSelector"]["matchLabels"]["app"] for name in anywhere} == {"backup", "delivery"}


def test_the_autoscaler_of_judges_uses_a_metric_that_exists() -> None:
    (metric,) = of_kind("HorizontalPodAutoscaler")["judge"]["metrics"]
    shown = SiteMetrics().text(SystemHealth(NOW, sites=(figures("blog"),)))
    assert f"\n{metric['external']['metric']['name']}{{" in shown.decode()


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_unit_of_each_part(name: str, tmp_path: Path) -> None:
    assert shutil.which("systemd-analyze"), "the check of the units needs systemd-analyze on the PATH"
    text = (DEPLOY / "systemd" / name).read_text().replace("/opt/replygate/.venv/bin/python", sys.executable)
    text = text.replace("/opt/replygate/.venv/bin/replygate", sys.executable)
    (tmp_path / "replygate-web.service").write_text("[Service]\nExecStart=/bin/true\n")  # which its socket needs
    (tmp_path / name).write_text(text)
    (tmp_path / "replygate.target").write_text((DEPLOY / "systemd/replygate.target").read_text())
    words = ["systemd-analyze", "verify", str(tmp_path / name.replace("@.", "@judge."))]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert [line for line in answer.stderr.splitlines() if "replygate" in line] == []


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_systemd_finds_a_unit_little_exposed(name: str) -> None:
    unit = str(DEPLOY / "systemd" / name)
    words = ["systemd-analyze", "security", "--offline=true", "--threshold=35", unit]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stdout.splitlines()[-1:]


def test_the_target_starts_a_unit_for_every_part() -> None:
    text = (DEPLOY / "systemd/replygate.target").read_text()
    (wants,) = (line.removeprefix("Wants=") for line in text.splitlines() if line.startswith("Wants="))
    assert sorted(wants.split()) == sorted(
        ["replygate-web.service", *(f"replygate@{p}.service" for p in PROCESS_NAMES)]
    )


def test_a_second_judge_is_a_unit_with_a_dash(tmp_path: Path) -> None:
    (line,) = (
        line
        for line in (DEPLOY / "systemd/replygate@.service").read_text().splitlines()
        if line.startswith("ExecStart=")
    )
    script = line.partition("'")[2].rpartition("'")[0].replace("$$", "$").replace("%%", "%")
    words = ["sh", "-c", script.replace("/opt/replygate/.venv/bin/python", "echo"), "judge-2"]
    assert subprocess.run(words, capture_output=True, text=True, timeout=60).stdout == "-m workers.start judge\n"
    assert importlib.util.find_spec("workers.start")


def test_compose_with_caddy_publishes_the_proxy_alone() -> None:
    services = yaml.safe_load((DEPLOY / "caddy/compose.yml").read_text())["services"]
    assert services["web"] == {"environment": {"REPLYGATE_TRUSTED_PROXIES": "1"}}
    assert services["caddy"]["ports"] == ["80:80", "443:443", "443:443/udp"]
    assert set(services["caddy"]["networks"]) < set(COMPOSE["networks"])
    text = (DEPLOY / "caddy/Caddyfile").read_text()
    assert "{$DOMAIN}" in text
    assert "DOMAIN" in services["caddy"]["environment"]
    assert int(text.partition("max_size ")[2].split("MB")[0]) * 1_000_000 >= LARGEST_REQUEST


def test_every_container_of_compose_has_limits_and_rotated_logs() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name
        assert name == "valkey" or service["mem_limit"], name


def test_the_ingress_lets_the_largest_request_through() -> None:
    text = (DEPLOY / "kubernetes/ingress.yaml").read_text()
    assert int(text.partition("proxy-body-size: ")[2].split("m")[0]) * 2**20 >= LARGEST_REQUEST
