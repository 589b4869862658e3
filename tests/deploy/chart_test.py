"""The Helm chart: rendered by helm in both modes, checked by the schemas of Kubernetes, its configuration by the gateway itself."""

import functools
import json
import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from support.process import run

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/tierway"
HELM = ROOT / "build/tools/helm"
# The oldest one that the chart takes, and a new one.
KUBERNETES = ("1.29", "1.36")
# Of the Prometheus operator; kubernetes-validate knows nothing of them.
FOREIGN = "monitoring.coreos.com/v1"
SECRETS = {"TIERWAY_ADMIN_TOKEN": "a-token-for-this-test", "TIERWAY_REDIS_URL": "redis://redis:6379", "OPENAI_API_KEY": "unused"}
CASES = {
    "as it is": [],
    "shared service": ["-f", str(CHART / "ci/shared-service.yaml")],
    "sidecar": ["-f", str(CHART / "ci/sidecar.yaml")],
    "nothing optional": ["--set", "networkPolicy.enabled=false,podDisruptionBudget.enabled=false,serviceAccount.create=false",
                         "--set", "secrets.environment=null"],
    "placed by hand": ["--set-json", 'tolerations=[{"key":"llm","operator":"Exists"}]', "--set", "nodeSelector.pool=llm",
                       "--set-json", 'topologySpreadConstraints=[{"maxSkew":2,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]',
                       "--set", "priorityClassName=high,podLabels.team=platform,imagePullSecrets[0].name=pull"],
}


def helm(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([HELM, *arguments], capture_output=True, text=True, timeout=60, check=False)


@functools.cache
def rendered(kubernetes: str, *arguments: str) -> str:
    done = helm("template", "release", str(CHART), "--namespace", "llm", "--kube-version", kubernetes, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def render(arguments: list[str], kubernetes: str = KUBERNETES[-1]) -> list[dict]:
    return [document for document in yaml.safe_load_all(rendered(kubernetes, *arguments)) if document]


def one(documents: list[dict], kind: str, name: str = "release-tierway") -> dict:
    found = [each for each in documents if each["kind"] == kind and each["metadata"]["name"] == name]
    assert len(found) == 1, [(each["kind"], each["metadata"]["name"]) for each in documents]
    return found[0]


def pod(documents: list[dict]) -> dict:
    return one(documents, "Deployment")["spec"]["template"]["spec"]


def gateway_of(spec: dict) -> dict:
    found = [each for each in [*spec.get("initContainers", []), *spec["containers"]] if each["name"] == "tierway"]
    assert len(found) == 1
    return found[0]


def configuration(documents: list[dict]) -> str:
    return one(documents, "ConfigMap")["data"]["tierway.yaml"]


def seconds(text: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(ms|s)", text).groups()
    return int(number) / (1000 if unit == "ms" else 1)


@pytest.fixture(scope="module", params=CASES, ids=[name.replace(" ", "_") for name in CASES])
def documents(request) -> list[dict]:
    return render(CASES[request.param])


def test_helm_has_nothing_to_say_against_the_chart():
    for arguments in CASES.values():
        done = helm("lint", "--strict", str(CHART), "--kube-version", KUBERNETES[-1], *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kubernetes", KUBERNETES)
@pytest.mark.parametrize("case", CASES)
def test_kubernetes_takes_every_document(case: str, kubernetes: str):
    checked = 0
    for document in render(CASES[case], kubernetes):
        if document["apiVersion"] != FOREIGN:
            kubernetes_validate.validate(document, kubernetes, strict=True)
            checked += 1
    assert checked >= 3


def test_the_schemas_would_find_a_mistake():
    document = one(render([]), "Deployment")
    document["spec"]["template"]["spec"]["containers"][0]["livenessprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, KUBERNETES[-1], strict=True)


def test_the_gateway_takes_the_configuration(documents, tmp_path: Path):
    file = tmp_path / "tierway.yaml"
    file.write_text(configuration(documents))
    report = run("check", "--json", "-c", str(file), env=SECRETS)
    assert json.loads(report.stdout)["ok"], report.stdout


def test_tiers_keep_their_order():
    tiers = yaml.safe_load(configuration(render(CASES["shared service"])))["tiers"]
    assert list(tiers) == ["small", "mid", "frontier"]


def test_no_secret_is_written_out(documents):
    for container in [gateway_of(pod(documents))]:
        assert all("value" not in variable for variable in container["env"])
    assert not [each for each in documents if each["kind"] == "Secret"]
    assert "${TIERWAY_ADMIN_TOKEN}" in configuration(documents)


def test_the_gateway_is_confined(documents):
    spec = pod(documents)
    assert spec["automountServiceAccountToken"] is False
    context = gateway_of(spec)["securityContext"]
    assert context == {"runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532, "readOnlyRootFilesystem": True,
                       "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
                       "seccompProfile": {"type": "RuntimeDefault"}}


def test_a_pod_is_given_the_time_that_draining_takes(documents):
    server = yaml.safe_load(configuration(documents))["server"]
    assert seconds(server["drain_delay"]) < seconds(server["drain_timeout"])
    # The process ends two seconds after its own limit at most.
    assert pod(documents)["terminationGracePeriodSeconds"] >= seconds(server["drain_timeout"]) + 5


def test_probes_ask_the_pages_that_need_no_token(documents):
    container = gateway_of(pod(documents))
    asked = {probe: container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert asked == {"startupProbe": "/readyz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert f":{ports['admin']}" in yaml.safe_load(configuration(documents))["admin"]["listen"]


def test_another_configuration_makes_other_pods():
    def checksum(*arguments: str) -> str:
        return one(render(list(arguments)), "Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/tierway-config"]

    assert checksum() == checksum("--set", "replicaCount=5")
    assert checksum() != checksum("--set", "server.in_flight_max=7")


def test_the_sidecar_starts_before_its_application_and_only_it_is_served():
    documents = render(CASES["sidecar"])
    spec = pod(documents)
    assert [each["name"] for each in spec["initContainers"]] == ["tierway"]
    assert spec["initContainers"][0]["restartPolicy"] == "Always"
    assert yaml.safe_load(configuration(documents))["server"]["listen"] == "127.0.0.1:8080"
    variables = {each["name"]: each["value"] for each in spec["containers"][0]["env"]}
    assert variables["OPENAI_BASE_URL"] == "http://127.0.0.1:8080/v1"
    assert not {"Service", "HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget"} & {each["kind"] for each in documents}


def test_another_chart_takes_the_sidecar_in(tmp_path: Path):
    """As docs/deployment.md tells it."""
    (tmp_path / "charts").mkdir()
    (tmp_path / "templates").mkdir()
    shutil.copytree(CHART, tmp_path / "charts/tierway")
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - {name: tierway, version: 0.1.0}\n")
    (tmp_path / "values.yaml").write_text("tierway: {mode: sidecar, sidecar: {deployment: false}}\n")
    parts = re.search(r"```yaml\n(initContainers:.*?)```", (ROOT / "docs/deployment.md").read_text(), re.DOTALL)[1]
    container, environment = parts.split("# and in the application's container\n")
    (tmp_path / "templates/pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n" + textwrap.indent(container, "  ").replace("nindent 4", "nindent 6")
        .replace("nindent 2", "nindent 4") + "  containers:\n    - name: shop\n      image: shop:1\n"
        + textwrap.indent(environment, "      ").replace("nindent 2", "nindent 8"))
    done = helm("template", "release", str(tmp_path), "--kube-version", KUBERNETES[-1])
    assert done.returncode == 0, done.stderr
    documents = [document for document in yaml.safe_load_all(done.stdout) if document]
    assert {each["kind"] for each in documents} == {"Pod", "ConfigMap", "ServiceAccount"}
    shop = one(documents, "Pod", "shop")
    kubernetes_validate.validate(shop, KUBERNETES[-1], strict=True)
    assert shop["spec"]["initContainers"][0]["restartPolicy"] == "Always"
    assert shop["spec"]["volumes"][0]["configMap"]["name"] == one(documents, "ConfigMap")["metadata"]["name"]


def test_the_shared_service_is_scaled_by_what_is_under_way():
    documents = render(CASES["shared service"])
    metric = one(documents, "HorizontalPodAutoscaler")["spec"]["metrics"][0]
    assert metric["pods"]["metric"]["name"] == "tierway_requests_in_flight"
    # The autoscaler's number of pods would be reset by every release otherwise.
    assert "replicas" not in one(documents, "Deployment")["spec"]


@pytest.mark.parametrize("case,kind,endpoints", [("shared service", "ServiceMonitor", "endpoints"), ("sidecar", "PodMonitor", "podMetricsEndpoints")])
def test_scrapes_carry_the_token_by_reference(case: str, kind: str, endpoints: str):
    documents = render(CASES[case])
    monitor = one(documents, kind)["spec"]
    assert monitor[endpoints][0]["authorization"] == {"type": "Bearer", "credentials": {"name": "tierway-admin", "key": "token"}}
    assert {"targetLabel": "job", "replacement": "tierway"} in monitor[endpoints][0]["relabelings"], "alerts look for that job"
    if kind == "ServiceMonitor":
        labels = one(documents, "Service", "release-tierway-admin")["metadata"]["labels"]
        assert monitor["selector"]["matchLabels"].items() <= labels.items()


def test_the_alerts_fit_into_the_chart():
    alerts = ROOT / "deploy/prometheus/alerts.yml"
    if not alerts.exists():
        pytest.skip("there are no alert rules yet")
    groups = yaml.safe_load(alerts.read_text())["groups"]
    documents = render(["--set", "metrics.prometheusRule.enabled=true", "--set-json", f"metrics.prometheusRule.groups={json.dumps(groups)}"])
    assert one(documents, "PrometheusRule")["spec"]["groups"] == groups


@pytest.mark.parametrize("arguments,message", [
    (["--set", "mode=both"], "mode"),
    (["--set", "replicas=3"], "replicas"),
    (["--set", "drain.delaySeconds=0"], "delaySeconds"),
    (["--set", "admin.token=secret"], "token"),
    (["--set", "config=server: {}"], "leave `version`, `server`, `admin` and `store` out"),
    (["--set", "server.listen=x"], "the chart writes it"),
    (["--set", "mode=sidecar"], "sidecar.application.image"),
])
def test_wrong_values_are_refused_with_a_reason(arguments: list[str], message: str):
    done = helm("template", "release", str(CHART), "--kube-version", KUBERNETES[-1], *arguments)
    assert done.returncode != 0
    assert message in done.stderr


def test_the_chart_brings_the_version_of_the_program():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == run("--version").stdout.strip()
