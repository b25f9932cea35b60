"""What is shipped for the machine: TLS that is safe, forwarded addresses written over."""

from __future__ import annotations

import re
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_the_proxy_speaks_nothing_below_tls_1_2():
    said = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    speaking = len(re.findall(r"^server \{\n  listen 443", said, re.MULTILINE))
    assert re.findall(r"ssl_protocols ([^;]+);", said) == ["TLSv1.2 TLSv1.3"] * speaking
    [ciphers] = re.findall(r"ssl_ciphers ([^;]+);", said)
    assert all(c.startswith("ECDHE-") and ("GCM" in c or "CHACHA" in c) for c in ciphers.split(":"))
    assert "ssl_session_tickets off;" in said
    assert said.count("server_tokens off;") == said.count("\nserver {")


def test_the_proxy_writes_over_what_talent_believes():
    said = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for name in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto", "X-Forwarded-Host", "Host"):
        assert f"proxy_set_header {name}" in said
    assert "$proxy_add_x_forwarded_for" not in said
    for limit in ("client_max_body_size", "client_header_timeout", "client_body_timeout"):
        assert limit in said


def test_services_run_with_no_more_than_they_need():
    for unit in ("talent-web.service", "talent-worker.service"):
        said = (DEPLOY / unit).read_text(encoding="utf-8")
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077", "User=talent"):
            assert line in said, (unit, line)
