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


def test_a_head_that_never_ends_is_given_up_soon_whatever_name_is_asked_for():
    """Until the name is known the word of the last server holds: 60 s, where it says nothing."""
    said = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for server in said.split("\nserver {")[1:]:
        assert "\n  client_header_timeout 15s;" in server


def test_what_the_proxy_says_itself_is_said_in_words_of_the_house():
    said = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert "error_page 413 @large;" in said
    assert "error_page 502 503 504 =503 @away;" in said
    for place, words in (("large", ("文件太大", "Too large")), ("away", ("请稍候", "One moment"))):
        [page] = re.findall(rf"location @{place} \{{\n(.+?)\n  \}}", said, re.DOTALL)
        assert all(word in page for word in words)
        assert "Strict-Transport-Security" in page
        assert "no-store" in page


def test_a_service_has_time_for_new_tables_and_a_place_for_backups():
    web, worker = ((DEPLOY / f"talent-{n}.service").read_text("utf-8") for n in ("web", "worker"))
    assert "\nTimeoutStartSec=infinity\n" in web  # it prepares the database before it starts
    assert "\nReadWritePaths=-/var/backups/talent\n" in worker
    for unit in (web, worker):
        assert "\nSystemCallFilter=@system-service\n" in unit
        assert "\nRestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n" in unit
