"""What whoever operates the server relies on: figures, health, settings that are told to be wrong."""

import re
import socket
import subprocess
import sys
import time

import pytest

from api.settings import from_environment
from kg.errors import QuestionError


def figures(server):
    return server.client.request("GET", "/metrics").content.decode()


def test_the_figures_count_requests_of_all_web_processes(server):
    before = total(figures(server))
    for _ in range(20):
        server.client.is_true("ASK {}")
    time.sleep(1.2)  # each process adds its counts to the figures once a second
    assert total(figures(server)) >= before + 20


def test_the_figures_tell_how_long_answers_take(server):
    server.client.is_true("ASK { BIND(1 AS ?durations) }")
    time.sleep(1.2)
    found = {}
    for line in figures(server).splitlines():
        if line.startswith("probation_kg_request_seconds") and 'room="sparql"' in line:
            found[line.split(" ")[0].partition("_seconds_")[2]] = float(line.split(" ")[1])
    buckets = [value for name, value in found.items() if name.startswith("bucket")]
    assert buckets == sorted(buckets)
    assert max(buckets) == found['count{room="sparql"}'] >= 1
    assert 0 < found['sum{room="sparql"}'] < 30 * max(buckets)


def total(text):
    return sum(float(number) for number in re.findall(r'requests_total\{.*room="sparql".*\} (\S+)', text))


def test_health_tells_the_version_that_answers_carry(server):
    ready = server.client.health()
    tag = server.client.request("GET", "/doc/pdu/west-kent.ttl").etag
    assert tag.strip('"').startswith(ready["version"][:20])


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORT": "99999"}, "expected 0 to 65535"),
        ({"WORKERS": "many"}, "expected a number"),
        ({"WORKERS": "0"}, "expected a number above 0"),
        ({"GATE": "perhaps"}, "expected true or false"),
        ({"PUBLIC_URL": "nonsense"}, "expected an address"),
        ({"DEFAULT_GRAPH": "all"}, "expected union or unnamed"),
        ({"TOKEN": "short"}, "fewer than 16 characters"),
        ({"POORT": "1"}, "did you mean PROBATION_KG_PORT"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_takes(environment, told):
    with pytest.raises(QuestionError, match=told):
        from_environment({f"PROBATION_KG_{name}": value for name, value in environment.items()})


def test_a_port_that_is_taken_is_told_with_the_ways_to_choose_another(built):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--store", built, "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be opened" in done.stderr
    assert "--port or PROBATION_KG_PORT" in done.stderr


def test_a_log_that_cannot_be_written_is_told_before_anything_is_served(built, tmp_path):
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", "--store", built, "--port", "0"]
    done = subprocess.run(
        [*command, "--access-log", tmp_path / "none" / "log"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "Serving" not in done.stdout
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
